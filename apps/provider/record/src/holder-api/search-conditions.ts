import { Failure } from '@samenhang/errors';
import {
  decodeCursor,
  parseDate,
  parseToken,
  type DateValue,
  type SearchParameter,
} from '@samenhang/fhir-http';
import { findRecordedType } from '../resources/record-resources.js';
import { searchedHash } from '../resources/token-hash.js';

const DEFAULT_COUNT = 200;
const MAX_COUNT = 1_000;

/** Conditions in SQL on the columns of `resource r`, with the values they refer to. */
export class SearchConditions {
  readonly #clauses: string[] = [];
  readonly values: unknown[] = [];

  /** Placeholder of a value. */
  value(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  require(clause: string): void {
    this.#clauses.push(clause);
  }

  get text(): string {
    return this.#clauses.join(' AND ');
  }
}

/** Adds what the criteria of a search ask of a row. What names the patient has been dealt with before. */
export function addCriteria(
  conditions: SearchConditions,
  type: string,
  parameters: readonly SearchParameter[],
): void {
  const recorded = findRecordedType(type);
  for (const { name, values } of parameters) {
    if (name === '_id') conditions.require(`r.id = ANY(${conditions.value(values)})`);
    else if (name === '_lastUpdated') addDates(conditions, name, values, momentClause);
    else if (name === recorded?.date?.name) addDates(conditions, name, values, intervalClause);
    else if (recorded?.tokens.some((token) => token.name === name) === true) {
      const hashes = values.map((value) => searchedHash(name, parseToken(value)));
      conditions.require(`r.tokens && ${conditions.value(`{${hashes.join(',')}}`)}::bigint[]`);
    }
  }
}

/** What cannot be read is told before anybody is asked anything. @throws Failure('malformed') */
export function assertCriteria(type: string, parameters: readonly SearchParameter[]): void {
  const unused = new SearchConditions();
  addCriteria(unused, type, parameters);
  addCursor(unused, parameters);
  readCount(parameters);
}

type DateClause = (prefix: DateValue['prefix'], from: string, until: string) => string;

function addDates(
  conditions: SearchConditions,
  name: string,
  values: readonly string[],
  clause: DateClause,
): void {
  const alternatives = values.map((value) => {
    const { prefix, from, until } = parseDate(value, name);
    const moment = (time: number): string => `${conditions.value(new Date(time).toISOString())}::timestamptz`;
    return clause(prefix, moment(from), moment(until));
  });
  conditions.require(`(${alternatives.join(' OR ')})`);
}

/** The stored interval against the searched one (http://hl7.org/fhir/R4/search.html#prefix). Both are half-open. */
const intervalClause: DateClause = (prefix, from, until) => {
  switch (prefix) {
    case 'eq':
      return `(r.effective_from >= ${from} AND r.effective_until <= ${until})`;
    case 'ne':
      return `NOT (r.effective_from >= ${from} AND r.effective_until <= ${until})`;
    case 'gt':
      return `(r.effective_until > ${until} AND ${from} IS NOT NULL)`;
    case 'ge':
      return `(r.effective_until > ${from} AND ${until} IS NOT NULL)`;
    case 'lt':
      return `(r.effective_from < ${from} AND ${until} IS NOT NULL)`;
    case 'le':
      return `(r.effective_from < ${until} AND ${from} IS NOT NULL)`;
    case 'sa':
      return `(r.effective_from >= ${until} AND ${from} IS NOT NULL)`;
    case 'eb':
      return `(r.effective_until <= ${from} AND ${until} IS NOT NULL)`;
    case 'ap':
      return `(r.effective_from < ${until} AND r.effective_until > ${from})`;
  }
};

const momentClause: DateClause = (prefix, from, until) =>
  intervalClause(prefix, from, until)
    .replaceAll('r.effective_from', 'r.last_updated')
    .replaceAll('r.effective_until', 'r.last_updated');

/** Rows are ordered newest first; the cursor tells after which row to go on. Time as PostgreSQL writes it: no digit is lost. */
export function addCursor(conditions: SearchConditions, parameters: readonly SearchParameter[]): void {
  const text = parameters.find(({ name }) => name === '_cursor')?.values[0];
  if (text === undefined) return;
  const [time, id] = decodeCursor(text, 2);
  const isTime =
    time === null ||
    (typeof time === 'string' && (/infinity$/.test(time) || !Number.isNaN(Date.parse(time))));
  if (typeof id !== 'string' || !isTime) throw new Failure('malformed', 'The cursor cannot be read');
  const last = conditions.value(id);
  if (time === null) {
    conditions.require(`(r.effective_from IS NULL AND r.id > ${last})`);
    return;
  }
  const at = `${conditions.value(time)}::timestamptz`;
  conditions.require(
    `(r.effective_from < ${at} OR r.effective_from IS NULL OR (r.effective_from = ${at} AND r.id > ${last}))`,
  );
}

/** @throws Failure('malformed') */
export function readCount(parameters: readonly SearchParameter[]): number {
  const text = parameters.find(({ name }) => name === '_count')?.values[0];
  if (text === undefined) return DEFAULT_COUNT;
  const count = Number(text);
  if (!/^\d{1,9}$/.test(text) || count === 0)
    throw new Failure('malformed', '_count is a whole number from 1');
  return Math.min(count, MAX_COUNT);
}
