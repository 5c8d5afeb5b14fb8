import { derivableCells, type Cell } from './derivable-cells.js';
import { sum, withTotals, type CountsTable, type ProtectedTable, type ShownCount } from './counts-table.js';

export interface TablePolicy {
  readonly minimumCell: number;
  readonly roundTo: number;
}

export const defaultTablePolicy: TablePolicy = { minimumCell: 10, roundTo: 5 };

/**
 * The table as it may be shown: small cells and small totals suppressed, further cells with them until none follows from
 * the rest and none of the sums left open is small, everything shown rounded. A table of one row or one column repeats its
 * counts as totals, and is a list: `protectList`.
 */
export function protectTable(table: CountsTable, policy: TablePolicy = defaultTablePolicy): ProtectedTable {
  const height = table.rows.length;
  const width = table.columns.length;
  if (height < 2 || width < 2) throw new RangeError('A table has at least two rows and two columns');
  const all = withTotals(table.counts);
  const zeros = new Set(table.structuralZeros?.map(({ row, column }) => JSON.stringify([row, column])));
  const fixed = all.map((line, row) =>
    line.map((_, column) => zeros.has(JSON.stringify([table.rows[row], table.columns[column]]))),
  );
  const hidden = all.map((line, row) =>
    line.map((count, column) => !isSet(fixed, row, column) && count < policy.minimumCell),
  );
  hideUntilFree(all, hidden, fixed, policy.minimumCell);
  const shown = all.map((line, row) =>
    line.map((count, column): ShownCount => (isSet(hidden, row, column) ? null : round(count, policy))),
  );
  const totals = shown[height] ?? [];
  return {
    rows: table.rows,
    columns: table.columns,
    counts: shown.slice(0, height).map((line) => line.slice(0, width)),
    rowTotals: shown.slice(0, height).map((line) => line[width] ?? null),
    columnTotals: totals.slice(0, width),
    total: totals[width] ?? null,
  };
}

/** One row of counts and their total. */
export function protectList(
  counts: readonly number[],
  policy: TablePolicy = defaultTablePolicy,
): { readonly counts: readonly ShownCount[]; readonly total: ShownCount } {
  const all = [...counts, sum(counts)];
  const hidden = all.map((count) => count < policy.minimumCell);
  const open = () => all.filter((_, place) => hidden[place]);
  const last = all.length - 1;
  for (;;) {
    const isOpen =
      open().length === 1 || (open().length > 0 && !hidden[last] && sum(open()) < policy.minimumCell);
    if (!isOpen) break;
    const next = smallest(
      all.map((count, place) => ({ count, place })).filter(({ place }) => !hidden[place]),
    );
    if (next === undefined) break;
    hidden[next.place] = true;
  }
  const shown = all.map((count, place) => (hidden[place] ? null : round(count, policy)));
  return { counts: shown.slice(0, last), total: shown[last] ?? null };
}

function hideUntilFree(
  all: readonly (readonly number[])[],
  hidden: boolean[][],
  fixed: readonly (readonly boolean[])[],
  minimum: number,
): void {
  for (;;) {
    const cell = derivableCells(hidden)[0] ?? cellOfSmallSum(all, hidden, minimum);
    if (cell === undefined) return;
    const partners = cheapestCycle(all, hidden, fixed, cell);
    // No cycle is left that adds a cell: nothing of the table can be shown.
    if (partners === undefined) return hidden.forEach((line) => line.fill(true));
    for (const { row, column } of partners) hide(hidden, row, column);
  }
}

/** A hidden cell in a row or column of which the total is shown and the hidden cells are few persons together. */
function cellOfSmallSum(
  all: readonly (readonly number[])[],
  hidden: readonly (readonly boolean[])[],
  minimum: number,
): Cell | undefined {
  const height = all.length;
  const width = all[0]?.length ?? 0;
  const rows = all.map((_, row) => Array.from({ length: width }, (_, column) => ({ row, column })));
  const columns = Array.from({ length: width }, (_, column) =>
    Array.from({ length: height }, (_, row) => ({ row, column })),
  );
  for (const line of [...rows, ...columns]) {
    const end = line.at(-1);
    if (end === undefined || isSet(hidden, end.row, end.column)) continue;
    const open = line.filter(({ row, column }) => isSet(hidden, row, column));
    if (open.length > 0 && sum(open.map(({ row, column }) => all[row]?.[column] ?? 0)) < minimum)
      return open[0];
  }
  return undefined;
}

/** The three cells with which this one makes a rectangle, at the least that is lost; at least one of them newly hidden. */
function cheapestCycle(
  all: readonly (readonly number[])[],
  hidden: readonly (readonly boolean[])[],
  fixed: readonly (readonly boolean[])[],
  cell: Cell,
): readonly Cell[] | undefined {
  const options = all.flatMap((line, row) =>
    line.flatMap((_, column) => {
      if (row === cell.row || column === cell.column) return [];
      const corners = [
        { row, column },
        { row: cell.row, column },
        { row, column: cell.column },
      ];
      const added = corners.filter((corner) => !isSet(hidden, corner.row, corner.column));
      if (added.length === 0 || corners.some((corner) => isSet(fixed, corner.row, corner.column))) return [];
      return [{ corners, count: sum(added.map((corner) => all[corner.row]?.[corner.column] ?? 0)) }];
    }),
  );
  return smallest(options)?.corners;
}

function smallest<T extends { readonly count: number }>(list: readonly T[]): T | undefined {
  return list.reduce<T | undefined>(
    (least, item) => (least === undefined || item.count < least.count ? item : least),
    undefined,
  );
}

function hide(hidden: boolean[][], row: number, column: number): void {
  const line = hidden[row];
  if (line !== undefined) line[column] = true;
}

function isSet(flags: readonly (readonly boolean[])[], row: number, column: number): boolean {
  return flags[row]?.[column] ?? false;
}

function round(count: number, { roundTo }: TablePolicy): number {
  return roundTo * Math.round(count / roundTo);
}
