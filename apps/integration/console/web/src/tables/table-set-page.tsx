import {
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
import type { ShownTables, TableSets, TableSetSummary } from './table-set.js';
import { TablesTrial } from './tables-trial.js';
import { tablesText } from './tables-text.js';

/** One set of tables: what it is, what it would change, and taking it into use. */
export function TableSetPage({ version }: { readonly version: string }): ReactNode {
  const words = useText(tablesText);
  const sets = useAnswer<TableSets>('/table-sets');
  const shown = useAnswer<ShownTables & TableSetSummary>(`/table-sets/${version}`);
  const [problem, setProblem] = useState<Problem>();
  const [, navigate] = useLocation();
  const take = async (how: 'activate' | 'rollback'): Promise<void> => {
    setProblem(undefined);
    try {
      const taken = await call<TableSetSummary>(`/table-sets/${version}/${how}`, { method: 'POST' });
      sets.reload();
      shown.reload();
      navigate(`/mapping/${String(taken.version)}`);
    } catch (thrown) {
      setProblem(thrown as Problem);
    }
  };
  return (
    <>
      <p>
        <Link className="utrecht-link utrecht-link--html-a" href="/mapping">
          {words.back}
        </Link>
      </p>
      <Heading level={1}>{`${words.set} ${version}`}</Heading>
      {problem && <ProblemAlert problem={problem} />}
      <Loaded answer={shown}>{(set) => <Facts set={set} active={sets.value?.active ?? null} />}</Loaded>
      <p>
        <Link className="utrecht-link utrecht-link--html-a" href={`/mapping/${version}/edit`}>
          {words.edit}
        </Link>
      </p>
      <Loaded answer={sets}>
        {({ active }) =>
          Number(version) === active ? null : (
            <>
              <TablesTrial version={Number(version)} />
              {Number(version) > (active ?? 0) ? (
                <Button appearance="primary" onClick={() => void take('activate')}>
                  {words.activate}
                </Button>
              ) : (
                <Button appearance="primary" onClick={() => void take('rollback')}>
                  {words.rollback}
                </Button>
              )}
            </>
          )
        }
      </Loaded>
    </>
  );
}

function Facts({
  set,
  active,
}: {
  readonly set: ShownTables & TableSetSummary;
  readonly active: number | null;
}): ReactNode {
  const words = useText(tablesText);
  const { date } = useFormats();
  const { version, note, files, createdAt, createdBy, activatedAt, testCases } = set;
  return (
    <>
      <DataList
        items={[
          [
            words.state,
            version === active ? words.active : activatedAt === null ? words.notUsed : words.earlier,
          ],
          [words.note, note],
          [words.files, files.length === 0 ? words.asReleased : files.join(', ')],
          [words.made, `${date(createdAt)}, ${createdBy}`],
          [words.activated, activatedAt === null ? words.never : date(activatedAt)],
        ]}
      />
      <Table
        caption={words.tests}
        rows={testCases}
        keyOf={({ name }) => name}
        empty={words.asReleased}
        columns={[
          { header: words.testName, cell: ({ name }) => name },
          { header: words.testFormat, cell: ({ format }) => format },
          {
            header: words.testValue,
            cell: ({ expect }) =>
              expect
                .map(({ resourceType, path, value }) => `${resourceType}.${path} = ${JSON.stringify(value)}`)
                .join('; '),
          },
        ]}
      />
    </>
  );
}
