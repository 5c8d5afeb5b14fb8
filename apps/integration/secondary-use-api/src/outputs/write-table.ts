import { parquetWriteBuffer, type BasicType } from 'hyparquet-writer';
import type { FileFormat } from './file-format.js';

export type CellType = 'text' | 'integer' | 'number';
export type Cell = string | number | null;

interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Of each column; texts where it is not said. */
  readonly types?: readonly CellType[];
}

const parquetTypes: Readonly<Record<CellType, BasicType>> = {
  text: 'STRING',
  integer: 'INT64',
  number: 'DOUBLE',
};

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
      return toParquet(table);
  }
}

function toParquet({ columns, rows, types = [] }: Table): Buffer {
  const columnData = columns.map((name, place) => {
    const type = types[place] ?? 'text';
    const data = rows.map((row) => {
      const cell = row[place] ?? null;
      return type === 'integer' && cell !== null ? BigInt(cell) : cell;
    });
    return { name, data, type: parquetTypes[type], nullable: true };
  });
  return Buffer.from(parquetWriteBuffer({ columnData }));
}

function asObject(columns: readonly string[], row: readonly Cell[]): object {
  return Object.fromEntries(columns.map((name, place) => [name, row[place] ?? null]));
}

/** RFC 4180, with a header. */
function toCsv({ columns, rows }: Table): string {
  return [columns, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

/** A spreadsheet takes what begins like a formula for one, unless it is a number: an apostrophe keeps it a text. */
function csvCell(value: Cell): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const isFormula = /^[=+\-@\t\r]/.test(value) && !/^[+-]?\d+(\.\d+)?$/.test(value);
  const text = isFormula ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
