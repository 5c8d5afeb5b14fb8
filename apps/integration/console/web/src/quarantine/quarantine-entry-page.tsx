import {
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
  useText,
  type Problem,
} from '@samenhang/portal-web';
import { useState, type ReactNode } from 'react';
import type { QuarantineEntry, QuarantineIssue } from './quarantine-entry.js';
import { quarantineText } from './quarantine-text.js';

/** One message in quarantine: every reason with its place, the message itself, and offering it again. */
export function QuarantineEntryPage({ id }: { readonly id: string }): ReactNode {
  const words = useText(quarantineText);
  const entry = useAnswer<QuarantineEntry>(`/quarantine/${id}`);
  const [problem, setProblem] = useState<Problem>();
  const replay = async (): Promise<void> => {
    setProblem(undefined);
    try {
      await call(`/quarantine/${id}/replay`, { method: 'POST', body: {} });
      entry.reload();
    } catch (thrown) {
      setProblem(thrown as Problem);
    }
  };
  return (
    <>
      <p>
        <Link className="utrecht-link utrecht-link--html-a" href="/quarantine">
          {words.back}
        </Link>
      </p>
      <Heading level={1}>{words.title}</Heading>
      {problem && <ProblemAlert problem={problem} />}
      <Loaded answer={entry}>
        {(value) => (
          <>
            <Facts entry={value} />
            <Issues issues={value.issues} />
            <p>
              <Link className="utrecht-link utrecht-link--html-a" href={`/messages/${value.messageId}`}>
                {words.message}
              </Link>
            </p>
            <p>
              <Link
                className="utrecht-link utrecht-link--html-a"
                href={`/replays?source=${value.sourceId}&quarantined=true`}
              >
                {words.difference}
              </Link>
            </p>
            {value.replayedAt === null && (
              <Button appearance="primary" onClick={() => void replay()}>
                {words.replay}
              </Button>
            )}
          </>
        )}
      </Loaded>
    </>
  );
}

function Facts({ entry }: { readonly entry: QuarantineEntry }): ReactNode {
  const words = useText(quarantineText);
  const { date } = useFormats();
  return (
    <DataList
      items={[
        [words.source, entry.sourceId],
        [words.stage, entry.stage],
        [words.format, entry.format],
        [words.control, entry.controlId ?? ''],
        [words.version, entry.mappingVersion ?? words.noVersion],
        [words.received, date(entry.receivedAt)],
        [words.replayed, entry.replayedAt === null ? words.notReplayed : date(entry.replayedAt)],
      ]}
    />
  );
}

function Issues({ issues }: { readonly issues: readonly QuarantineIssue[] }): ReactNode {
  const words = useText(quarantineText);
  return (
    <Table
      caption={words.issues}
      rows={issues}
      keyOf={({ code, location, text }) => `${code} ${location} ${text}`}
      empty={words.noIssues}
      columns={[
        { header: words.reason, cell: ({ text }) => text },
        { header: words.place, cell: ({ location }) => location },
        { header: words.code, cell: ({ code }) => code },
        {
          header: words.severity,
          cell: ({ severity }) => (
            <Badge tone={severity === 'error' ? 'negative' : 'warning'}>{words.severities[severity]}</Badge>
          ),
        },
      ]}
    />
  );
}
