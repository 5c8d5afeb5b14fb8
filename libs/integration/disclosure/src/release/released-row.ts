/** One row about one person. What the columns of the release do not name never leaves. */
export interface SourceRow {
  /** The project's pseudonym: classes are counted in persons, not in rows. */
  readonly person: string;
  readonly values: Readonly<Record<string, string | null>>;
}

export interface ReleasedRow {
  readonly person: string;
  readonly values: Readonly<Record<string, string>>;
}

/** Rows that cannot be told apart by what others may know. */
export interface EquivalenceClass {
  readonly rows: readonly ReleasedRow[];
  readonly persons: number;
}

export function classesOf(rows: readonly ReleasedRow[], known: readonly string[]): EquivalenceClass[] {
  const groups = new Map<string, ReleasedRow[]>();
  for (const row of rows) {
    const key = JSON.stringify(known.map((column) => row.values[column] ?? ''));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()].map((group) => ({
    rows: group,
    persons: new Set(group.map(({ person }) => person)).size,
  }));
}
