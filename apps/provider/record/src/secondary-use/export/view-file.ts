import { Readable } from 'node:stream';
import { jsonCells, tableFile, tableMediaTypes, type Row } from '@samenhang/table-files';
import { tableColumnsOf, tableFormatOf } from '../table-form.js';
import type { Export } from './export-store.js';
import { planViewExport } from './view-export-request.js';

/** Rows that become a piece of the file at a time. */
const ROWS_AT_ONCE = 1_000;

/** The kept rows of one of the views of an export, in the form that was asked for. */
export function viewFile(
  { request, terms }: Export,
  name: string,
  rows: string,
): { readonly type: string; readonly content: Readable } {
  const { format, header } = tableFormatOf(request);
  const type = tableMediaTypes[format];
  if (format === 'ndjson') return { type, content: Readable.from([rows]) };
  const plan = planViewExport(request, terms).find(({ view }) => view?.name === name)?.view?.plan;
  const table = { columns: tableColumnsOf(plan?.columns ?? []), rows: partsOf(rows) };
  return { type, content: Readable.from(tableFile(table, format, { header })) };
}

function* partsOf(text: string): Generator<readonly Row[]> {
  let part: Row[] = [];
  for (let start = 0; start < text.length;) {
    const end = text.indexOf('\n', start);
    part.push(jsonCells(text.slice(start, end)));
    start = end + 1;
    if (part.length < ROWS_AT_ONCE) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}
