import { parquetWriteBuffer } from 'hyparquet-writer';
import type { FileFormat } from './output-request.js';

interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** A table as the bytes of a file. */
export function writeTable(table: Table, format: FileFormat): Buffer {
  switch (format) {
    case 'csv':
      return Buffer.from(toCsv(table));
    case 'ndjson':
      return Buffer.from(
        table.rows.map((row) => `${JSON.stringify(asObject(table.columns, row))}\n`).join(''),
      );
    case 'parquet':
      return Buffer.from(
        parquetWriteBuffer({
          columnData: table.columns.map((name, place) => ({
            name,
            data: table.rows.map((row) => row[place] ?? null),
            type: 'STRING' as const,
            nullable: true,
          })),
        }),
      );
  }
}

function asObject(columns: readonly string[], row: readonly (string | null)[]): object {
  return Object.fromEntries(columns.map((name, place) => [name, row[place] ?? null]));
}

/** RFC 4180, with a header. */
function toCsv({ columns, rows }: Table): string {
  return [columns, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** A spreadsheet takes what begins like a formula for one, unless it is a number: an apostrophe keeps it a text. */
function cell(value: string | null): string {
  if (value === null) return '';
  const isFormula = /^[=+\-@\t\r]/.test(value) && !/^[+-]?\d+(\.\d+)?$/.test(value);
  const text = isFormula ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
