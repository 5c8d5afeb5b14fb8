import {
  Alert,
  Button,
  call,
  Heading,
  ProblemAlert,
  Table,
  useAnswer,
  useFormats,
  useText,
  type Problem,
} from '@samenhang/portal-web';
import { useState, type ReactNode } from 'react';
import { text } from '../text.js';
import { Loaded } from './loaded.js';

interface Entry {
  readonly id: string;
  readonly sourceId: string;
  readonly stage: string;
  readonly reasonCode: string;
  readonly location: string;
  readonly text: string;
  readonly receivedAt: string;
  readonly replayedAt: string | null;
}

/** What could not be used, with the reason and the place; offered again when its cause is mended. */
export function QuarantinePage(): ReactNode {
  const words = useText(text);
  const { date } = useFormats();
  const quarantine = useAnswer<{ entries: Entry[] }>('/quarantine?count=100');
  const [problem, setProblem] = useState<Problem>();
  const [hasReplayed, setHasReplayed] = useState(false);
  const replay = async (id: string): Promise<void> => {
    setProblem(undefined);
    try {
      await call(`/quarantine/${id}/replay`, { method: 'POST', body: {} });
      setHasReplayed(true);
      quarantine.reload();
    } catch (thrown) {
      setProblem(thrown as Problem);
    }
  };
  return (
    <>
      <Heading level={1}>{words.quarantine}</Heading>
      {problem && <ProblemAlert problem={problem} />}
      {hasReplayed && <Alert type="ok">{words.replayed}</Alert>}
      <Loaded answer={quarantine}>
        {({ entries }) => (
          <Table
            caption={words.quarantine}
            rows={entries}
            keyOf={({ id }) => id}
            empty={words.noQuarantine}
            columns={[
              { header: words.reason, cell: (entry) => `${entry.reasonCode}: ${entry.text}` },
              { header: words.place, cell: ({ location }) => location },
              { header: words.stage, cell: ({ stage }) => stage },
              { header: words.source, cell: ({ sourceId }) => sourceId },
              { header: words.received, cell: ({ receivedAt }) => date(receivedAt) },
              {
                header: words.replay,
                cell: ({ id, replayedAt }) =>
                  replayedAt === null ? (
                    <Button onClick={() => void replay(id)}>{words.replay}</Button>
                  ) : (
                    date(replayedAt)
                  ),
              },
            ]}
          />
        )}
      </Loaded>
    </>
  );
}
