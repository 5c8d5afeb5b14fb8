import { unknownValue, type Hierarchy } from './hierarchy.js';
import {
  distanceOf,
  distributionOf,
  diversityOf,
  entropyDiversityOf,
  type SensitiveColumn,
} from './measure-class.js';
import { classesOf, type EquivalenceClass, type ReleasedRow, type SourceRow } from './released-row.js';

export interface ReleaseColumns {
  /** What others may know of a person, with how it becomes coarser, and from which level at least. */
  readonly known: readonly {
    readonly column: string;
    readonly hierarchy: Hierarchy;
    readonly from?: number;
  }[];
  /** With the closed list or hierarchy that its values come from: a text that is none of them does not leave. */
  readonly sensitive: readonly (SensitiveColumn & { readonly hierarchy: Hierarchy })[];
}

export interface ReleaseRequirement {
  /** Persons in each class. */
  readonly k: number;
  /** Different values of each sensitive column in each class. */
  readonly l: number;
  /** Distance of each class to the whole, at most. */
  readonly t: number;
  /** Part of the rows that may be left out for the others to stay finer. */
  readonly maximumLeftOut: number;
}

export const defaultRequirement: ReleaseRequirement = { k: 10, l: 2, t: 0.4, maximumLeftOut: 0.05 };

/** What goes with a release: counts and measures, nothing about anyone. */
export interface ReleaseReport {
  readonly requirement: ReleaseRequirement;
  readonly levels: Readonly<Record<string, number>>;
  readonly rows: number;
  readonly leftOut: number;
  readonly classes: number;
  readonly k: number;
  readonly l: number;
  readonly entropyL: number;
  readonly t: number;
}

export type ReleaseOutcome =
  | { readonly released: true; readonly rows: readonly ReleasedRow[]; readonly report: ReleaseReport }
  | { readonly released: false; readonly reason: 'requirement-not-met' };

/** The table at the least generalisation at which it meets the requirement, or nothing. */
export function releaseTable(
  source: readonly SourceRow[],
  columns: ReleaseColumns,
  requirement: ReleaseRequirement = defaultRequirement,
): ReleaseOutcome {
  for (const levels of levelsFromFineToCoarse(columns)) {
    const rows = source.map((row) => generalise(row, columns, levels));
    const kept = keepSafeClasses(rows, columns, requirement);
    if (kept.length === 0 || rows.length - kept.length > requirement.maximumLeftOut * rows.length) continue;
    const measured = measure(kept, columns);
    const report = {
      requirement,
      levels: Object.fromEntries(columns.known.map(({ column }, index) => [column, levels[index] ?? 0])),
      rows: kept.length,
      leftOut: rows.length - kept.length,
      ...measured,
    };
    return { released: true, rows: inNoOrder(kept), report };
  }
  return { released: false, reason: 'requirement-not-met' };
}

/** By pseudonym and content: the order of the source could say who is who. */
function inNoOrder(rows: readonly ReleasedRow[]): ReleasedRow[] {
  const keyed = rows.map((row) => ({ row, key: JSON.stringify([row.person, row.values]) }));
  return keyed.sort((one, other) => (one.key < other.key ? -1 : 1)).map(({ row }) => row);
}

/** The measures of any table, such as one that another made. */
export function measure(
  rows: readonly ReleasedRow[],
  {
    known,
    sensitive,
  }: { readonly known: readonly { column: string }[]; readonly sensitive: readonly SensitiveColumn[] },
): Pick<ReleaseReport, 'classes' | 'k' | 'l' | 'entropyL' | 't'> {
  const classes = classesOf(
    rows,
    known.map(({ column }) => column),
  );
  const over = (of: (group: EquivalenceClass, column: SensitiveColumn) => number) =>
    classes.flatMap((group) => sensitive.map((column) => of(group, column)));
  const wholes = new Map(sensitive.map(({ column }) => [column, distributionOf(rows, column)]));
  const least = (numbers: readonly number[]) => numbers.reduce((a, b) => Math.min(a, b), Infinity);
  return {
    classes: classes.length,
    k: least(classes.map(({ persons }) => persons)),
    l: least(over(diversityOf)),
    entropyL: least(over(entropyDiversityOf)),
    t: over((group, column) => distanceOf(group, wholes.get(column.column) ?? new Map(), column)).reduce(
      (a, b) => Math.max(a, b),
      0,
    ),
  };
}

/** Leaving classes out moves the whole that the others are compared with: until nothing changes. */
function keepSafeClasses(
  rows: readonly ReleasedRow[],
  { known, sensitive }: ReleaseColumns,
  { k, l, t }: ReleaseRequirement,
): readonly ReleasedRow[] {
  let classes = classesOf(
    rows,
    known.map(({ column }) => column),
  );
  for (;;) {
    const kept = classes.flatMap((group) => group.rows);
    const wholes = sensitive.map((column) => ({ column, whole: distributionOf(kept, column.column) }));
    const safe = classes.filter(
      (group) =>
        group.persons >= k &&
        wholes.every(
          ({ column, whole }) => diversityOf(group, column) >= l && distanceOf(group, whole, column) <= t,
        ),
    );
    if (safe.length === classes.length) return kept;
    classes = safe;
  }
}

function generalise(
  row: SourceRow,
  { known, sensitive }: ReleaseColumns,
  levels: readonly number[],
): ReleasedRow {
  const read = (column: string, hierarchy: Hierarchy, level: number) => {
    const value = row.values[column];
    return value === null || value === undefined ? unknownValue : hierarchy.generalise(value, level);
  };
  return {
    person: row.person,
    values: Object.fromEntries([
      ...known.map(({ column, hierarchy }, index) => [column, read(column, hierarchy, levels[index] ?? 0)]),
      ...sensitive.map(({ column, hierarchy }) => [column, read(column, hierarchy, 0)]),
    ]),
  };
}

/** Every choice of levels, by how much of the heights of the hierarchies it uses. */
function levelsFromFineToCoarse({ known }: ReleaseColumns): number[][] {
  const choices = known.reduce<number[][]>(
    (lists, { hierarchy, from = 0 }) =>
      lists.flatMap((list) =>
        Array.from({ length: Math.max(hierarchy.levels - from, 1) }, (_, step) => [...list, from + step]),
      ),
    [[]],
  );
  const loss = (levels: readonly number[]) =>
    levels.reduce(
      (sum, level, index) => sum + level / Math.max((known[index]?.hierarchy.levels ?? 1) - 1, 1),
      0,
    );
  return choices
    .map((levels) => ({ levels, loss: loss(levels) }))
    .sort((a, b) => a.loss - b.loss)
    .map(({ levels }) => levels);
}
