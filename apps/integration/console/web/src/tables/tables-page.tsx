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
import type { TableSets } from './table-set.js';
import { tablesText } from './tables-text.js';

/** Which rules and tables translate messages, and the sets of tables there are. */
export function TablesPage(): ReactNode {
  const words = useText(tablesText);
  const { date } = useFormats();
  const tables = useAnswer<TableSets>('/table-sets');
  const [problem, setProblem] = useState<Problem>();
  const rollBack = async (): Promise<void> => {
    setProblem(undefined);
    try {
      await call('/table-sets/0/rollback', { method: 'POST' });
      tables.reload();
    } catch (thrown) {
      setProblem(thrown as Problem);
    }
  };
  return (
    <>
      <Heading level={1}>{words.title}</Heading>
      {problem && <ProblemAlert problem={problem} />}
      <p>
        <Link className="utrecht-link utrecht-link--html-a" href="/mapping/0/edit">
          {words.editReleased}
        </Link>
      </p>
      <Loaded answer={tables}>
        {({ rules, active, sets }) => (
          <>
            <DataList
              items={[
                [words.rules, rules],
                [words.tables, active === null ? words.released : `${words.set} ${String(active)}`],
              ]}
            />
            {active !== null && <Button onClick={() => void rollBack()}>{words.rollbackReleased}</Button>}
            <Table
              caption={words.sets}
              rows={sets}
              keyOf={({ version }) => String(version)}
              empty={words.noSets}
              columns={[
                {
                  header: words.set,
                  cell: ({ version }) => (
                    <Link className="utrecht-link utrecht-link--html-a" href={`/mapping/${String(version)}`}>
                      {`${words.set} ${String(version)}`}
                    </Link>
                  ),
                },
                { header: words.note, cell: ({ note }) => note },
                {
                  header: words.files,
                  cell: ({ files }) => (files.length === 0 ? words.asReleased : files.join(', ')),
                },
                { header: words.made, cell: ({ createdAt }) => date(createdAt) },
                {
                  header: words.state,
                  cell: ({ version, activatedAt }) =>
                    version === active ? (
                      <Badge tone="positive">{words.active}</Badge>
                    ) : (
                      <Badge>{activatedAt === null ? words.notUsed : words.earlier}</Badge>
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
