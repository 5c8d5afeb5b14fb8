import { DataList, Table, useFormats, useText } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import type { Comparison, Summary } from './comparison.js';
import { DifferenceList } from './difference-list.js';
import { replayText } from './replay-text.js';

const actions = ['created', 'changed', 'deleted', 'unchanged', 'rejected'] as const;

/** What a replay would change: counts, beside those of now when they are given, and each difference. */
export function ComparisonView({
  comparison,
  now,
}: {
  readonly comparison: Comparison;
  /** The same messages under what is in use; its name and that of what is tried head the columns. */
  readonly now?: { readonly summary: Summary; readonly name: string; readonly tried: string };
}): ReactNode {
  const words = useText(replayText);
  const { number } = useFormats();
  const { selected, messages, summary } = comparison;
  return (
    <>
      <DataList
        items={[
          [words.selected, number(selected)],
          [words.compared, number(messages.length)],
        ]}
      />
      <Table
        caption={words.difference}
        rows={actions}
        keyOf={(action) => action}
        empty=""
        columns={[
          { header: words.what, cell: (action) => words.actions[action] },
          ...(now === undefined
            ? []
            : [
                {
                  header: now.name,
                  isNumber: true,
                  cell: (action: keyof Summary) => number(now.summary[action]),
                },
              ]),
          {
            header: now?.tried ?? words.count,
            isNumber: true,
            cell: (action) => number(summary[action]),
          },
        ]}
      />
      <DifferenceList comparison={comparison} />
    </>
  );
}
