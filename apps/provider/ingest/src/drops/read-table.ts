import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { decimalText, isExactDecimal, parseExactJson } from '@samenhang/fhir-r4';
import { readLines, type Line } from '../delivery/read-lines.js';
import type { DeliveredRecord } from '../delivery/take-delivery.js';
import type { TableFileSettings } from './drop-settings.js';

const LARGEST_ROW_CHARACTERS = 1024 * 1024;
const MOST_COLUMNS = 1000;

/** A file that cannot be read as a table at all; a row that cannot be read is a record with a refusal. */
export class UnreadableTable extends Error {}

/**
 * Rows of a table as records, each a JSON object of column name to text. A row that cannot be read is kept as it stands,
 * with its line, and the rows after it are read.
 * @throws UnreadableTable when the header cannot be used
 */
export function readTable(
  stream: AsyncIterable<Buffer>,
  settings: TableFileSettings,
): AsyncGenerator<readonly DeliveredRecord[]> {
  return settings.format === 'csv' ? readCsv(stream, settings) : readObjects(stream);
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
  readonly raw: string;
}

async function* readCsv(
  stream: AsyncIterable<Buffer>,
  { delimiter = ',', encoding = 'utf-8', columns }: TableFileSettings,
): AsyncGenerator<readonly DeliveredRecord[]> {
  const skipped: DeliveredRecord[] = [];
  let number = 0;
  const parser = parse({
    bom: true,
    delimiter,
    info: true,
    raw: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: LARGEST_ROW_CHARACTERS,
    skip_records_with_error: true,
    on_skip: (error, raw) => {
      const line = (error as { lines?: number } | undefined)?.lines ?? 0;
      skipped.push(
        refused(++number, line, raw ?? '', 'The row is not CSV: its quotes do not close as they should'),
      );
    },
  });
  const decoded = Readable.from(decode(stream, encoding), { objectMode: false, encoding: 'utf8' });
  decoded.once('error', (error) => parser.destroy(error));
  decoded.pipe(parser);
  let names: readonly string[] | undefined = columns;
  for await (const { record, info, raw } of parser as AsyncIterable<CsvRecord>) {
    if (skipped.length > 0) yield skipped.splice(0);
    if (names === undefined) {
      names = checkHeader(record);
      continue;
    }
    number++;
    // What is counted is the line on which the record ends.
    const line = info.lines - record.reduce((sum, value) => sum + lineBreaks(value), 0);
    yield [toRow(number, line, raw, record, names)];
  }
  if (skipped.length > 0) yield skipped.splice(0);
  if (names === undefined) throw new UnreadableTable('The file has no header line');
}

function lineBreaks(text: string): number {
  return text.match(/\r\n|\n|\r/g)?.length ?? 0;
}

/** @throws UnreadableTable when a column has no name, or two have the same */
function checkHeader(record: readonly string[]): readonly string[] {
  const names = record.map((name) => name.trim());
  if (names.length > MOST_COLUMNS) throw new UnreadableTable('The header has too many columns');
  if (names.includes('')) throw new UnreadableTable('A column of the header has no name');
  if (new Set(names).size < names.length)
    throw new UnreadableTable('Two columns of the header have the same name');
  return names;
}

function toRow(
  number: number,
  line: number,
  raw: string,
  values: readonly string[],
  names: readonly string[],
): DeliveredRecord {
  if (values.length !== names.length) {
    const text = `The row has ${String(values.length)} columns where the header has ${String(names.length)}`;
    return refused(number, line, raw, text);
  }
  if (values.some((value) => value.includes('\ufffd')))
    return refused(number, line, raw, 'The row holds bytes that are not of the declared encoding');
  const row = Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
  return { number, line, content: Buffer.from(JSON.stringify(row)), refusal: undefined };
}

async function* decode(stream: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const piece of stream) yield decoder.decode(piece, { stream: true });
  yield decoder.decode();
}

async function* readObjects(stream: AsyncIterable<Buffer>): AsyncGenerator<readonly DeliveredRecord[]> {
  let number = 0;
  for await (const lines of readLines(stream, LARGEST_ROW_CHARACTERS)) {
    const records = lines
      .filter(({ content }) => content.toString('latin1').trim() !== '')
      .map((line) => toObjectRow(++number, line));
    if (records.length > 0) yield records;
  }
}

function toObjectRow(number: number, { number: line, content, isTooLong }: Line): DeliveredRecord {
  const text = content.toString('utf8');
  if (isTooLong) return refused(number, line, text, 'The line is too long; only its beginning is kept');
  const row = readObject(text);
  if (row === undefined)
    return refused(
      number,
      line,
      text,
      'The line is not a JSON object of column names with texts, numbers or booleans',
    );
  return { number, line, content: Buffer.from(JSON.stringify(row)), refusal: undefined };
}

/** Each value as text; what is null or absent is an empty text. */
function readObject(text: string): Record<string, string> | undefined {
  const value = parseLine(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const row: Record<string, string> = {};
  for (const [name, cell] of Object.entries(value as Record<string, unknown>)) {
    if (cell === null) row[name] = '';
    else if (typeof cell === 'string') row[name] = cell;
    else if (typeof cell === 'boolean') row[name] = String(cell);
    else if (typeof cell === 'number' || isExactDecimal(cell)) row[name] = decimalText(cell);
    else return undefined;
  }
  return row;
}

function parseLine(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}

function refused(number: number, line: number, raw: string, text: string): DeliveredRecord {
  const refusal = { code: 'malformed-row', location: `line ${String(line)}`, text };
  return { number, line, content: Buffer.from(raw), refusal };
}
