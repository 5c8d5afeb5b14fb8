import { tableBytes, type ColumnType, type TableFormat } from '@samenhang/table-files';

export type Cell = string | number | null;

interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Of each column; texts where it is not said. */
  readonly types?: readonly ColumnType[];
}

/** A table as the bytes of a file. */
export function writeTable({ columns, rows, types = [] }: Table, format: TableFormat): Promise<Buffer> {
  const cells = rows.map((row) => columns.map((_, place) => JSON.stringify(row[place] ?? null)));
  return tableBytes(
    { columns: columns.map((name, place) => ({ name, type: types[place] ?? 'text' })), rows: [cells] },
    format,
  );
}
