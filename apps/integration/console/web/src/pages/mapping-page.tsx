import {
  Badge,
  Button,
  call,
  DataList,
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

interface TableSets {
  readonly rules: string;
  readonly active: number | null;
  readonly sets: readonly { readonly version: number; readonly note: string; readonly createdAt: string }[];
}

/** Which rules and tables translate messages, and the sets of tables that can be taken into use. */
export function MappingPage(): ReactNode {
  const words = useText(text);
  const { date } = useFormats();
  const tables = useAnswer<TableSets>('/table-sets');
  const [problem, setProblem] = useState<Problem>();
  const activate = async (version: number): Promise<void> => {
    setProblem(undefined);
    try {
      await call(`/table-sets/${String(version)}/activate`, { method: 'POST' });
      tables.reload();
    } catch (thrown) {
      setProblem(thrown as Problem);
    }
  };
  return (
    <>
      <Heading level={1}>{words.mapping}</Heading>
      {problem && <ProblemAlert problem={problem} />}
      <Loaded answer={tables}>
        {({ rules, active, sets }) => (
          <>
            <DataList
              items={[
                [words.rules, rules],
                [words.tables, active === null ? words.releaseTables : String(active)],
              ]}
            />
            <Table
              caption={words.sets}
              rows={sets}
              keyOf={({ version }) => String(version)}
              empty={words.noSets}
              columns={[
                { header: words.version, cell: ({ version }) => version },
                { header: words.note, cell: ({ note }) => note },
                { header: words.made, cell: ({ createdAt }) => date(createdAt) },
                {
                  header: words.activate,
                  cell: ({ version }) =>
                    version === active ? (
                      <Badge tone="positive">{words.active}</Badge>
                    ) : (
                      <Button onClick={() => void activate(version)}>{words.activate}</Button>
                    ),
                },
              ]}
            />
          </>
        )}
      </Loaded>
    </>
  );
}
