export const tableFormats = ['csv', 'ndjson', 'parquet'] as const;
export type TableFormat = (typeof tableFormats)[number];

/** By the media types that their files have. */
export const tableMediaTypes: Readonly<Record<TableFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson',
  parquet: 'application/vnd.apache.parquet',
};

export type ColumnType = 'text' | 'integer' | 'number' | 'boolean';

export interface TableColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** A cell is a JSON text: a number stays as it is written, and only what needs its value reads it. */
export type Row = readonly string[];

export interface Table {
  readonly columns: readonly TableColumn[];
  /** So many rows at a time. */
  readonly rows: Iterable<readonly Row[]> | AsyncIterable<readonly Row[]>;
}

export interface FileOptions {
  /** Of CSV: whether the names of the columns are its first line. */
  readonly header?: boolean;
}

/** A text as it is; of anything else its JSON. Null for null. */
export function textOf(cell: string): string | null {
  if (cell === 'null') return null;
  return cell.startsWith('"') ? (JSON.parse(cell) as string) : cell;
}
