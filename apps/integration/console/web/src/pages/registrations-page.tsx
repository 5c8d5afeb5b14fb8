import { DataList, Heading, Loaded, Table, useAnswer, useFormats, useText } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import { text } from '../text.js';

interface Status {
  readonly registered: number;
  readonly heldBack: number;
  readonly pending: { readonly registrations: number; readonly withdrawals: number };
  readonly failing: readonly { readonly reason: string; readonly count: number; readonly since: string }[];
  readonly reconciliation: { readonly finishedAt: string | null };
}

/** What the reference index knows of this care provider, and what it is still to be told. */
export function RegistrationsPage(): ReactNode {
  const words = useText(text);
  const { date, number } = useFormats();
  const status = useAnswer<Status>('/registrations/status');
  return (
    <>
      <Heading level={1}>{words.registrations}</Heading>
      <Loaded answer={status}>
        {({ registered, heldBack, pending, failing, reconciliation }) => (
          <>
            <DataList
              items={[
                [words.registered, number(registered)],
                [words.heldBack, number(heldBack)],
                [
                  words.pending,
                  `${number(pending.registrations)}, ${words.withdrawals} ${number(pending.withdrawals)}`,
                ],
                [
                  words.reconciled,
                  reconciliation.finishedAt === null ? words.never : date(reconciliation.finishedAt),
                ],
              ]}
            />
            <Table
              caption={words.failing}
              rows={failing}
              keyOf={({ reason }) => reason}
              empty={words.noFailing}
              columns={[
                { header: words.reason, cell: ({ reason }) => reason },
                { header: words.count, isNumber: true, cell: ({ count }) => number(count) },
                { header: words.since, cell: ({ since }) => date(since) },
              ]}
            />
          </>
        )}
      </Loaded>
    </>
  );
}
