import { Failure } from '@samenhang/errors';
import { decodeCursor, encodeCursor, type SearchParameter } from '@samenhang/fhir-http';
import { isInstant } from '@samenhang/fhir-r4';
import { findRecordedType } from '../resources/record-resources.js';
import type { SearchConditions } from './search-conditions.js';

/** One column by which rows are ordered; rows without a value come last, whichever way. */
export interface SortKey {
  readonly column: string;
  readonly type: 'timestamptz' | 'text';
  readonly descending: boolean;
}

const newestFirst: SortKey = { column: 'r.effective_from', type: 'timestamptz', descending: true };

export interface SortOrder {
  readonly keys: readonly SortKey[];
  /** Names that rows cannot be ordered by. */
  readonly ignored: readonly string[];
}

/** `_sort=-date,_id`; newest first when nothing is asked (http://hl7.org/fhir/R4/search.html#sort). */
export function readSortOrder(type: string, parameters: readonly SearchParameter[]): SortOrder {
  const asked = parameters.filter(({ name }) => name === '_sort').flatMap(({ values }) => values);
  const found = asked.map((text) => findKey(type, text));
  const keys = found.filter((key) => key !== undefined);
  const ignored = asked.filter((_text, index) => found[index] === undefined);
  return { keys: keys.length === 0 ? [newestFirst] : keys, ignored };
}

function findKey(type: string, text: string): SortKey | undefined {
  const descending = text.startsWith('-');
  const name = descending ? text.slice(1) : text;
  if (name === '_id') return { column: 'r.id', type: 'text', descending };
  if (name === '_lastUpdated') return { column: 'r.last_updated', type: 'timestamptz', descending };
  return name === findRecordedType(type)?.order ? { ...newestFirst, descending } : undefined;
}

/** Ends with the id, so that no two rows are equal. */
export function orderBy(keys: readonly SortKey[]): string {
  const columns = keys.map(({ column, descending }) => `${column} ${descending ? 'DESC' : 'ASC'} NULLS LAST`);
  return [...columns, 'r.id'].join(', ');
}

/** What a cursor is made of, as text: times as PostgreSQL writes them, so that no digit is lost. */
export function keysOf(keys: readonly SortKey[]): string {
  return `ARRAY[${keys.map(({ column }) => `${column}::text`).join(', ')}]`;
}

export function cursorAfter(values: readonly (string | null)[], id: string): string {
  return encodeCursor([...values, id]);
}

/** Goes on after the row where the last page ended, whatever has come or gone since. @throws Failure('malformed') */
export function addCursor(
  conditions: SearchConditions,
  keys: readonly SortKey[],
  parameters: readonly SearchParameter[],
): void {
  const text = parameters.find(({ name }) => name === '_cursor')?.values[0];
  if (text === undefined) return;
  const parts = decodeCursor(text, keys.length + 1);
  const id = parts.at(-1);
  if (typeof id !== 'string') throw unreadable();
  const equal: string[] = [];
  const alternatives: string[] = [];
  for (const [index, key] of keys.entries()) {
    const part = parts[index] ?? null;
    if (part === null) {
      equal.push(`${key.column} IS NULL`);
      continue;
    }
    if (typeof part !== 'string' || !isValueOf(key, part)) throw unreadable();
    const value = `${conditions.value(part)}::${key.type}`;
    const beyond = `(${key.column} ${key.descending ? '<' : '>'} ${value} OR ${key.column} IS NULL)`;
    alternatives.push([...equal, beyond].join(' AND '));
    equal.push(`${key.column} = ${value}`);
  }
  alternatives.push([...equal, `r.id > ${conditions.value(id)}`].join(' AND '));
  conditions.require(`(${alternatives.map((each) => `(${each})`).join(' OR ')})`);
}

/** PostgreSQL's way of writing a moment. */
const TIME = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,6})?)([+-]\d\d)(?::\d\d){0,2}$/;

function isValueOf({ type }: SortKey, text: string): boolean {
  if (type === 'text' || /^-?infinity$/.test(text)) return true;
  const [, date = '', time = '', zone = ''] = TIME.exec(text) ?? [];
  return isInstant(`${date}T${time}${zone}:00`);
}

const unreadable = (): Failure => new Failure('malformed', 'The cursor cannot be read');
