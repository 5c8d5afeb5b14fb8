import { textOf, type FileOptions, type Row, type Table } from './table.js';

/** RFC 4180. */
export async function* csvFile(
  { columns, rows }: Table,
  { header = true }: FileOptions = {},
): AsyncGenerator<string> {
  if (header) yield lineOf(columns.map(({ name }) => protectedText(name)));
  for await (const part of rows) yield part.map((row) => lineOf(cellsOf(row))).join('');
}

function lineOf(cells: readonly string[]): string {
  return `${cells.join(',')}\r\n`;
}

function cellsOf(row: Row): string[] {
  return row.map((cell) => {
    const text = textOf(cell);
    return text === null ? '' : protectedText(text);
  });
}

/** A spreadsheet takes what begins like a formula for one, unless it is a number: an apostrophe keeps it a text. */
function protectedText(value: string): string {
  const isFormula = /^[=+\-@\t\r]/.test(value) && !/^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value);
  const text = isFormula ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
