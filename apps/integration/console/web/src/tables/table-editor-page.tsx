import {
  Alert,
  Button,
  call,
  Heading,
  Link,
  Loaded,
  ProblemAlert,
  Table,
  TextField,
  useAnswer,
  useLocation,
  useText,
  type Problem,
} from '@samenhang/portal-web';
import { useMemo, useState, type ReactNode } from 'react';
import type { Source } from '../pages/source.js';
import { EntryEditor, type EntryChange } from './entry-editor.js';
import { overlay, withEntry, type Tables } from './table-entries.js';
import type { ShownTables, TableSetSummary } from './table-set.js';
import { tablesText } from './tables-text.js';
import { TestsEditor } from './tests-editor.js';

/** A new set of tables, made from an earlier one or from those of the release. */
export function TableEditorPage({
  version,
  organisation,
}: {
  readonly version: string;
  readonly organisation: string;
}): ReactNode {
  const words = useText(tablesText);
  const released = useAnswer<ShownTables>('/table-sets/0');
  const base = useAnswer<ShownTables>(`/table-sets/${version}`);
  const sources = useAnswer<{ sources: Source[] }>('/sources');
  return (
    <>
      <p>
        <Link className="utrecht-link utrecht-link--html-a" href="/mapping">
          {words.back}
        </Link>
      </p>
      <Heading level={1}>{words.editor}</Heading>
      <p>{`${words.basis}: ${version === '0' ? words.released : `${words.set} ${version}`}`}</p>
      <Loaded answer={released}>
        {({ tables }) => (
          <Loaded answer={base}>
            {(start) => (
              <Editor
                released={tables}
                // All tables of the release are no set: a set begins with what it changes.
                start={start.version === 0 ? { ...start, tables: {} } : start}
                ownSources={(sources.value?.sources ?? []).map(({ id }) => `${organisation}/${id}`)}
              />
            )}
          </Loaded>
        )}
      </Loaded>
    </>
  );
}

function Editor({
  released,
  start,
  ownSources,
}: {
  readonly released: Tables;
  readonly start: ShownTables;
  readonly ownSources: readonly string[];
}): ReactNode {
  const words = useText(tablesText);
  const [set, setSet] = useState(start.tables);
  const [changes, setChanges] = useState<readonly EntryChange[]>([]);
  const [tests, setTests] = useState(start.testCases);
  const [note, setNote] = useState('');
  const [isValid, setIsValid] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [, navigate] = useLocation();
  const tables = useMemo(() => overlay(released, set), [released, set]);
  const change = (made: EntryChange): void => {
    setSet((before) => withEntry(released, before, made.table, made.key, made.entry));
    setChanges((before) => [...before, made]);
    setIsValid(false);
  };
  const send = async (path: string): Promise<TableSetSummary | undefined> => {
    setProblem(undefined);
    setIsValid(false);
    try {
      const body = { files: set, tests, note };
      return await call<TableSetSummary | undefined>(path, { method: 'POST', body });
    } catch (thrown) {
      setProblem(thrown as Problem);
      throw thrown;
    }
  };
  const validate = (): Promise<void> =>
    send('/table-sets/validate').then(
      () => setIsValid(true),
      () => {},
    );
  const keep = (): Promise<void> =>
    send('/table-sets').then(
      (kept) => navigate(`/mapping/${String(kept?.version)}`),
      () => {},
    );
  return (
    <>
      <EntryEditor tables={tables} ownSources={ownSources} onChange={change} />
      <Changes changes={changes} />
      <TestsEditor
        tests={tests}
        onChange={(changed) => {
          setTests(changed);
          setIsValid(false);
        }}
      />
      <TextField
        label={words.note}
        value={note}
        maxLength={500}
        onChange={({ target }) => setNote(target.value)}
      />
      <div className="portal-row">
        <Button onClick={() => void validate()}>{words.validate}</Button>
        <Button appearance="primary" onClick={() => void keep()}>
          {words.keep}
        </Button>
      </div>
      {problem && <ProblemAlert problem={problem} />}
      {isValid && <Alert type="ok">{words.valid}</Alert>}
    </>
  );
}

function Changes({ changes }: { readonly changes: readonly EntryChange[] }): ReactNode {
  const words = useText(tablesText);
  return (
    <Table
      caption={words.changes}
      rows={changes.map((change, at) => ({ ...change, at }))}
      keyOf={({ at }) => String(at)}
      empty={words.noChanges}
      columns={[
        { header: words.table, cell: ({ table }) => table.path.join(' / ') },
        { header: words.key, cell: ({ key, entry }) => entry?.key ?? key },
        { header: words.value, cell: ({ entry }) => entry?.value ?? '' },
        {
          header: words.state,
          cell: ({ entry }) => (entry === undefined ? words.dropped : words.added),
        },
      ]}
    />
  );
}
