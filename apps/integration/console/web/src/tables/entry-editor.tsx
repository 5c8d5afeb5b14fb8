import { Button, Heading, Select, TextField, useText, VirtualList } from '@samenhang/portal-web';
import { useMemo, useRef, useState, type FormEvent, type ReactNode } from 'react';
import {
  editableTables,
  entriesOf,
  type EditableTable,
  type TableEntry,
  type Tables,
} from './table-entries.js';
import { tablesText } from './tables-text.js';

export interface EntryChange {
  readonly table: EditableTable;
  /** Of the entry that is replaced or dropped. */
  readonly key: string;
  /** Undefined: the entry goes. */
  readonly entry: TableEntry | undefined;
}

const nameOf = ({ path }: EditableTable): string => path.join(' / ');

/** Entries of one table: found, changed, added, dropped. */
export function EntryEditor({
  tables,
  ownSources,
  onChange,
}: {
  /** As they hold with what is changed so far. */
  readonly tables: Tables;
  /** Sources that may get tables of their own, as URA and source. */
  readonly ownSources: readonly string[];
  readonly onChange: (change: EntryChange) => void;
}): ReactNode {
  const words = useText(tablesText);
  const choices = useMemo(() => choicesOf(tables, ownSources), [tables, ownSources]);
  const [name, setName] = useState('');
  const [search, setSearch] = useState('');
  const [edited, setEdited] = useState<TableEntry>();
  const table = choices.find((one) => nameOf(one) === name);
  const wanted = search.trim().toLowerCase();
  const entries = (table === undefined ? [] : entriesOf(tables, table)).filter(({ key, value = '' }) =>
    `${key} ${value}`.toLowerCase().includes(wanted),
  );
  return (
    <>
      <div className="portal-row">
        <Select
          label={words.table}
          value={name}
          onChange={({ target }) => {
            setName(target.value);
            setEdited(undefined);
          }}
        >
          <option value="">{words.chooseTable}</option>
          {choices.map((one) => (
            <option key={nameOf(one)}>{nameOf(one)}</option>
          ))}
        </Select>
        <TextField label={words.search} value={search} onChange={({ target }) => setSearch(target.value)} />
      </div>
      {table && (
        <>
          <EntryForm
            key={`${name} ${edited?.key ?? ''}`}
            kind={table.kind}
            edited={edited}
            onPut={(entry) => {
              onChange({ table, key: edited?.key ?? entry.key, entry });
              setEdited(undefined);
            }}
          />
          {entries.length === 0 ? (
            <p>{words.noEntries}</p>
          ) : (
            <VirtualList label={words.entries} items={entries} keyOf={({ key }) => key} estimatedHeight={56}>
              {(entry) => (
                <div className="portal-row">
                  <span>{entry.value === undefined ? entry.key : `${entry.key} → ${entry.value}`}</span>
                  <Button aria-label={`${words.change} ${entry.key}`} onClick={() => setEdited(entry)}>
                    {words.change}
                  </Button>
                  <Button
                    aria-label={`${words.drop} ${entry.key}`}
                    onClick={() => onChange({ table, key: entry.key, entry: undefined })}
                  >
                    {words.drop}
                  </Button>
                </div>
              )}
            </VirtualList>
          )}
        </>
      )}
    </>
  );
}

function EntryForm({
  kind,
  edited,
  onPut,
}: {
  readonly kind: EditableTable['kind'];
  /** The entry that is changed; a new one when there is none. */
  readonly edited: TableEntry | undefined;
  readonly onPut: (entry: TableEntry) => void;
}): ReactNode {
  const words = useText(tablesText);
  const form = useRef<HTMLFormElement>(null);
  const put = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const key = String(data.get('key'));
    onPut(kind === 'list' ? { key } : { key, value: String(data.get('value')) });
    form.current?.reset();
  };
  return (
    <form className="portal-card portal-stack" onSubmit={put} ref={form}>
      <Heading level={2}>{edited === undefined ? words.add : words.change}</Heading>
      <TextField
        label={kind === 'list' ? words.item : words.key}
        name="key"
        required
        defaultValue={edited?.key ?? ''}
        autoFocus={edited !== undefined}
      />
      {kind === 'texts' && <TextField label={words.value} name="value" defaultValue={edited?.value ?? ''} />}
      <Button type="submit">{words.put}</Button>
    </form>
  );
}

const ofASource = ['settings', 'names', 'authorities', 'units'];

/** Tables that are there, and those that the own sources may get. */
function choicesOf(tables: Tables, ownSources: readonly string[]): EditableTable[] {
  const there = editableTables(tables).filter(({ path }) => path[0] !== 'sources' || path.length > 1);
  const names = new Set(there.map(nameOf));
  const possible = ownSources.flatMap((source) =>
    ofASource.map((part): EditableTable => ({ path: ['sources', source, part], kind: 'texts' })),
  );
  return [...there, ...possible.filter((one) => !names.has(nameOf(one)))];
}
