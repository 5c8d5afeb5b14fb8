/** Tables of the mapping by file, as normalise gives and takes them. */
export type Tables = Readonly<Record<string, unknown>>;

/** One table that can be changed entry by entry. */
export interface EditableTable {
  /** File, table within it, and deeper: `hl7-tables`, `0001`, `codes`. */
  readonly path: readonly [file: string, ...inside: string[]];
  /** Keys with a text each, or a list of texts. */
  readonly kind: 'texts' | 'list';
}

export interface TableEntry {
  readonly key: string;
  /** Of a table of texts. */
  readonly value?: string;
}

type Tree = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === 'string';

/** For people: no entry of a table. */
const TITLE = 'title';

/** A set over the tables of the release: what a set has takes the place of a released table as a whole. */
export function overlay(released: Tables, set: Tables): Tables {
  const files = Object.entries(set).map(([file, tables]) => {
    const under = released[file];
    return [file, isTree(under) && isTree(tables) ? { ...under, ...tables } : tables];
  });
  return { ...released, ...(Object.fromEntries(files) as Tables) };
}

/** Every table that holds texts; what has another form is changed in a file. */
export function editableTables(tables: Tables): EditableTable[] {
  return Object.entries(tables).flatMap(([file, content]) => tablesBelow([file], content));
}

function tablesBelow(path: EditableTable['path'], content: unknown): EditableTable[] {
  if (Array.isArray(content)) return content.every(isText) ? [{ path, kind: 'list' }] : [];
  if (!isTree(content)) return [];
  const members = Object.entries(content).filter(([name]) => name !== TITLE);
  if (members.every(([, value]) => isText(value))) return [{ path, kind: 'texts' }];
  return members.flatMap(([name, value]) => tablesBelow([...path, name], value));
}

export function entriesOf(tables: Tables, { path, kind }: EditableTable): TableEntry[] {
  const content = path.reduce<unknown>((at, name) => (isTree(at) ? at[name] : undefined), tables);
  if (kind === 'list') return Array.isArray(content) ? content.map((key) => ({ key: String(key) })) : [];
  if (!isTree(content)) return [];
  return Object.entries(content)
    .filter(([name]) => name !== TITLE)
    .map(([key, value]) => ({ key, value: String(value) }));
}

/**
 * A set with one entry more, changed, or (without `entry`) gone. It takes over the table concerned as a whole, as it holds
 * with the set so far.
 */
export function withEntry(
  released: Tables,
  set: Tables,
  table: EditableTable,
  key: string,
  entry: TableEntry | undefined,
): Tables {
  const [file, part, ...deeper] = table.path;
  const own = isTree(set[file]) ? set[file] : {};
  // A file that is one table: each of its entries takes the place of the released one by itself.
  if (part === undefined) return { ...set, [file]: replaced(own, 'texts', key, entry) };
  const effective = overlay(released, set)[file];
  const before = isTree(effective) ? effective[part] : undefined;
  return { ...set, [file]: { ...own, [part]: changed(before, deeper, table.kind, key, entry) } };
}

function changed(
  content: unknown,
  [name, ...deeper]: readonly string[],
  kind: EditableTable['kind'],
  key: string,
  entry: TableEntry | undefined,
): unknown {
  if (name === undefined) return replaced(content, kind, key, entry);
  const tree = isTree(content) ? content : {};
  return { ...tree, [name]: changed(tree[name], deeper, kind, key, entry) };
}

function replaced(
  content: unknown,
  kind: EditableTable['kind'],
  key: string,
  entry: TableEntry | undefined,
): unknown {
  if (kind === 'list') {
    const list = Array.isArray(content) ? (content as unknown[]) : [];
    if (entry === undefined) return list.filter((one) => one !== key);
    return list.includes(key) ? list.map((one) => (one === key ? entry.key : one)) : [...list, entry.key];
  }
  const texts = isTree(content) ? content : {};
  const others = Object.entries(texts).filter(([name]) => name !== key && name !== entry?.key);
  if (entry === undefined) return Object.fromEntries(others);
  // In its place: who compares two sets sees one line that differs.
  const isThere = Object.hasOwn(texts, key);
  const line = [entry.key, entry.value ?? ''] as const;
  return Object.fromEntries(
    isThere
      ? Object.entries(texts).map(([name, value]) => (name === key ? line : ([name, value] as const)))
      : [...others, line],
  );
}
