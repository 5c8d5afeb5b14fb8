export interface Cell {
  readonly row: number;
  readonly column: number;
}

/**
 * The hidden cells whose value follows from the shown ones. Rows and columns, totals included, each add up to nothing new:
 * seen as a graph with a node for each row and column and an edge for each hidden cell, a cell is free exactly when it lies
 * on a cycle, along which amounts can be moved without changing any sum.
 */
export function derivableCells(hidden: readonly (readonly boolean[])[]): Cell[] {
  const cells = hidden.flatMap((line, row) =>
    line.flatMap((isHidden, column) => (isHidden ? [{ row, column }] : [])),
  );
  return cells.filter((cell) => !isOnCycle(cells, cell));
}

/** Are the ends of this edge connected without it? */
function isOnCycle(cells: readonly Cell[], edge: Cell): boolean {
  const rows = new Set<number>([edge.row]);
  const columns = new Set<number>();
  for (let before = -1; before !== rows.size + columns.size;) {
    before = rows.size + columns.size;
    for (const cell of cells) {
      if (cell === edge) continue;
      if (rows.has(cell.row)) columns.add(cell.column);
      if (columns.has(cell.column)) rows.add(cell.row);
    }
  }
  return columns.has(edge.column);
}
