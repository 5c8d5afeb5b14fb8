import { Button, Heading, Link, Loaded, Table, useAnswer, useFormats, useText } from '@samenhang/portal-web';
import { useState, type ReactNode } from 'react';
import { text } from '../text.js';
import type { QuarantineEntry } from './quarantine-entry.js';
import { quarantineText } from './quarantine-text.js';

const PAGE = 100;

/** What could not be used, with the reason and the place; each leads to all that is known of it. */
export function QuarantinePage(): ReactNode {
  const words = { ...useText(text), ...useText(quarantineText) };
  const { date } = useFormats();
  const [before, setBefore] = useState<string>();
  const cursor = before === undefined ? '' : `&before=${before}`;
  const quarantine = useAnswer<{ entries: QuarantineEntry[] }>(`/quarantine?count=${String(PAGE)}${cursor}`);
  return (
    <>
      <Heading level={1}>{words.quarantine}</Heading>
      <Loaded answer={quarantine}>
        {({ entries }) => (
          <>
            <Table
              caption={words.quarantine}
              rows={entries}
              keyOf={({ id }) => id}
              empty={words.noQuarantine}
              columns={[
                {
                  header: words.reason,
                  cell: (entry) => (
                    <Link className="utrecht-link utrecht-link--html-a" href={`/quarantine/${entry.id}`}>
                      {`${entry.reasonCode}: ${entry.text}`}
                    </Link>
                  ),
                },
                { header: words.place, cell: ({ location }) => location },
                { header: words.stage, cell: ({ stage }) => stage },
                { header: words.source, cell: ({ sourceId }) => sourceId },
                { header: words.received, cell: ({ receivedAt }) => date(receivedAt) },
                {
                  header: words.replayed,
                  cell: ({ replayedAt }) => (replayedAt === null ? words.notReplayed : date(replayedAt)),
                },
              ]}
            />
            <div className="portal-row">
              {before !== undefined && <Button onClick={() => setBefore(undefined)}>{words.newest}</Button>}
              {entries.length === PAGE && (
                <Button onClick={() => setBefore(entries.at(-1)?.id)}>{words.older}</Button>
              )}
            </div>
          </>
        )}
      </Loaded>
    </>
  );
}
