import { csvFile } from './csv.js';
import { ndjsonFile } from './ndjson.js';
import { parquetFile } from './parquet.js';
import type { FileOptions, Table, TableFormat } from './table.js';

/** A table as a file, a piece at a time. */
export function tableFile(
  table: Table,
  format: TableFormat,
  options: FileOptions = {},
): AsyncGenerator<string | Uint8Array> {
  switch (format) {
    case 'csv':
      return csvFile(table, options);
    case 'ndjson':
      return ndjsonFile(table);
    case 'parquet':
      return parquetFile(table);
  }
}

/** A small table as one text. */
export async function tableText(table: Table, format: 'csv' | 'ndjson'): Promise<string> {
  let text = '';
  for await (const piece of tableFile(table, format)) text += String(piece);
  return text;
}

export async function tableBytes(table: Table, format: TableFormat): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of tableFile(table, format)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}
