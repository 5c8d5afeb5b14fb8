import {
  Alert,
  Badge,
  Button,
  call,
  DataList,
  Heading,
  Link,
  Loaded,
  ProblemAlert,
  Table,
  useAnswer,
  useFormats,
  useLocation,
  useText,
  type Problem,
} from '@samenhang/portal-web';
import { useState, type ReactNode } from 'react';
import { text } from '../text.js';
import { FlowSection } from '../flow/flow-section.js';
import { MessageList } from '../message/message-list.js';
import { ConnectionTest } from './connection-test.js';
import type { SourceWithProgress } from './source.js';

/** One source: how it does, how good what it sends is, and what can be done with it. */
export function SourcePage({ id }: { readonly id: string }): ReactNode {
  const words = useText(text);
  const { date, number } = useFormats();
  const source = useAnswer<SourceWithProgress>(`/sources/${id}`);
  const [problem, setProblem] = useState<Problem>();
  const [, navigate] = useLocation();
  const act = async (method: 'POST' | 'DELETE', what = ''): Promise<void> => {
    setProblem(undefined);
    try {
      await call(`/sources/${id}${what}`, { method });
      if (method === 'DELETE') navigate('/sources');
      else source.reload();
    } catch (thrown) {
      setProblem(thrown as Problem);
    }
  };
  return (
    <>
      <p>
        <Link className="utrecht-link utrecht-link--html-a" href="/sources">
          {words.back}
        </Link>
      </p>
      <Heading level={1}>{id}</Heading>
      {problem && <ProblemAlert problem={problem} />}
      <Loaded answer={source}>
        {({ kind, state, reason, displayName, pausedAt, progress }) => (
          <>
            {reason !== undefined && <Alert type="warning">{reason}</Alert>}
            <DataList
              items={[
                [words.displayName, displayName ?? ''],
                [words.kind, kind],
                [words.state, <Badge key="state">{state}</Badge>],
                [words.messages, number(progress.messages)],
                [words.last, progress.lastReceivedAt === null ? words.never : date(progress.lastReceivedAt)],
              ]}
            />
            <div className="portal-row">
              {pausedAt === undefined ? (
                <Button onClick={() => void act('POST', '/pause')}>{words.pause}</Button>
              ) : (
                <Button onClick={() => void act('POST', '/resume')}>{words.resume}</Button>
              )}
              <Button onClick={() => void act('DELETE')}>{words.remove}</Button>
            </div>
          </>
        )}
      </Loaded>
      <ConnectionTest id={id} />
      <FlowSection source={id} />
      <MessageList source={id} />
      <Quality id={id} />
      <Unused id={id} />
    </>
  );
}

interface QualityReport {
  readonly concepts: readonly {
    readonly resourceType: string;
    readonly concept: string;
    readonly absent: number;
    readonly completeness: number;
  }[];
}

function Quality({ id }: { readonly id: string }): ReactNode {
  const words = useText(text);
  const { number } = useFormats();
  const quality = useAnswer<QualityReport>(`/sources/${id}/quality`);
  return (
    <Loaded answer={quality}>
      {({ concepts }) => (
        <>
          <Heading level={2}>{words.quality}</Heading>
          <Table
            caption={words.completeness}
            rows={concepts}
            keyOf={({ resourceType, concept }) => `${resourceType} ${concept}`}
            empty={words.never}
            columns={[
              { header: words.concept, cell: ({ resourceType, concept }) => `${resourceType}: ${concept}` },
              {
                header: words.complete,
                isNumber: true,
                cell: ({ completeness }) => `${number(Math.round(completeness * 1000) / 10)} %`,
              },
              { header: words.absent, isNumber: true, cell: ({ absent }) => number(absent) },
            ]}
          />
        </>
      )}
    </Loaded>
  );
}

interface CoverageReport {
  readonly entries: readonly {
    readonly messageType: string;
    readonly path: string;
    readonly code: string | null;
    readonly unused: number;
  }[];
}

function Unused({ id }: { readonly id: string }): ReactNode {
  const words = useText(text);
  const { number } = useFormats();
  const coverage = useAnswer<CoverageReport>(`/sources/${id}/coverage?unused=true`);
  return (
    <Loaded answer={coverage}>
      {({ entries }) => (
        <>
          <Heading level={2}>{words.unmapped}</Heading>
          <Table
            caption={words.unmapped}
            rows={entries}
            keyOf={({ messageType, path, code }) => `${messageType} ${path} ${code ?? ''}`}
            empty={words.nothingUnused}
            columns={[
              { header: words.path, cell: ({ messageType, path }) => `${messageType} ${path}` },
              { header: words.code, cell: ({ code }) => code },
              { header: words.unused, isNumber: true, cell: ({ unused }) => number(unused) },
            ]}
          />
        </>
      )}
    </Loaded>
  );
}
