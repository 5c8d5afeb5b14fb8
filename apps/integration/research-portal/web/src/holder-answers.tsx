import { Badge, Table, useText } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import { countText } from './counts/count-text.js';

export interface HolderAnswer {
  readonly custodian: string;
  readonly status: string;
}

/** How it went at each data holder that was asked. */
export function HolderAnswers({ holders }: { readonly holders: readonly HolderAnswer[] }): ReactNode {
  const words = useText(countText);
  return (
    <Table
      caption={words.holder}
      rows={holders}
      keyOf={({ custodian }) => custodian}
      empty={words.none}
      columns={[
        { header: words.holder, cell: ({ custodian }) => custodian },
        {
          header: words.outcome,
          cell: ({ status }) => <Badge tone={status === 'ok' ? 'positive' : 'warning'}>{status}</Badge>,
        },
      ]}
    />
  );
}
