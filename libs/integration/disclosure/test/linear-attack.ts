interface Place {
  readonly row: number;
  readonly column: number;
}

/**
 * Does the value of a hidden cell follow from the sums of rows and columns? By elimination, as somebody with a table (totals
 * in its last row and column) and a solver of linear equations would find out.
 */
export function hasOneSolution(visible: readonly (readonly (number | null)[])[], wanted: Place): boolean {
  const height = visible.length;
  const width = visible[0]?.length ?? 0;
  const unknowns = visible.flatMap((line, row) =>
    line.flatMap((count, column) => (count === null ? [{ row, column }] : [])),
  );
  const sign = (isTotal: boolean) => (isTotal ? -1 : 1);
  const equations = [
    ...Array.from({ length: height }, (_, row) =>
      unknowns.map((cell) => (cell.row === row ? sign(cell.column === width - 1) : 0)),
    ),
    ...Array.from({ length: width }, (_, column) =>
      unknowns.map((cell) => (cell.column === column ? sign(cell.row === height - 1) : 0)),
    ),
  ];
  const unit = unknowns.map((cell) => (cell.row === wanted.row && cell.column === wanted.column ? 1 : 0));
  // Determined exactly when its unit vector lies in the span of the equations.
  return rankOf([...equations, unit]) === rankOf(equations);
}

function rankOf(matrix: readonly (readonly number[])[]): number {
  const lines = matrix.map((line) => [...line]);
  let rank = 0;
  for (let column = 0; column < (matrix[0]?.length ?? 0); column++) {
    const pivot = lines.findIndex((line, index) => index >= rank && Math.abs(line[column] ?? 0) > 1e-9);
    const chosen = lines[pivot];
    if (chosen === undefined) continue;
    lines[pivot] = lines[rank] ?? chosen;
    lines[rank] = chosen;
    const head = chosen[column] ?? 1;
    lines.forEach((line, index) => {
      if (index <= rank) return;
      const factor = (line[column] ?? 0) / head;
      if (factor !== 0) chosen.forEach((value, place) => (line[place] = (line[place] ?? 0) - factor * value));
    });
    rank++;
  }
  return rank;
}
