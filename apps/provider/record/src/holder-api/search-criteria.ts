import { Failure } from '@samenhang/errors';
import {
  findReference,
  parseDate,
  parseToken,
  unescapeValue,
  type SearchParameter,
} from '@samenhang/fhir-http';
import { foldText } from '../resources/fold-text.js';
import type { IndexedParameter } from '../resources/indexed-parameter.js';
import { findParameter, findRecordedType } from '../resources/record-resources.js';
import { toTimestamp } from '../resources/timestamp.js';
import { presenceHash, searchedHash } from '../resources/token-hash.js';
import { detailDate, effectiveDate, updatedDate, type DateSides } from './date-criteria.js';
import { quantityClause } from './quantity-criteria.js';
import type { SearchConditions } from './search-conditions.js';

/** Adds what the criteria of a search ask of a row. What names the patient has been dealt with before. */
export function addCriteria(
  conditions: SearchConditions,
  type: string,
  parameters: readonly SearchParameter[],
  base: string,
): void {
  for (const asked of parameters) {
    const { name, modifier, values } = asked;
    if (name === '_id') conditions.require(`r.id = ANY(${conditions.value(values)}::text[] COLLATE "C")`);
    else if (name === '_lastUpdated') addDates(conditions, asked, updatedDate);
    if (isOfPatient(type, name)) continue;
    const parameter = findParameter(type, name);
    if (parameter === undefined) continue;
    if (modifier === 'missing') conditions.require(missingClause(conditions, asked));
    else addCriterion(conditions, type, parameter, asked, base);
  }
}

/** By these a search names its patient. */
function isOfPatient(type: string, name: string): boolean {
  return type === 'Patient'
    ? name === 'identifier'
    : name === 'patient' || name === 'subject' || name === 'beneficiary';
}

function addCriterion(
  conditions: SearchConditions,
  type: string,
  parameter: IndexedParameter,
  asked: SearchParameter,
  base: string,
): void {
  const { name, modifier, values } = asked;
  switch (parameter.type) {
    case 'date':
      return addDates(
        conditions,
        asked,
        findRecordedType(type)?.order === name ? effectiveDate : detailDate(name),
      );
    case 'string':
      return conditions.require(textClause(conditions, asked, modifier ?? 'starts'));
    case 'quantity':
      return conditions.require(anyOf(values.map((value) => quantityClause(conditions, name, value))));
    case 'uri':
      return conditions.require(
        hasToken(
          conditions,
          values.map((value) => searchedHash(name, { code: unescapeValue(value) })),
        ),
      );
    case 'reference':
      return conditions.require(referenceClause(conditions, parameter, asked, base));
    case 'token':
      if (modifier === 'text') return conditions.require(textClause(conditions, asked, 'contains'));
      return conditions.require(tokenClause(conditions, asked));
  }
}

function tokenClause(conditions: SearchConditions, { name, modifier, values }: SearchParameter): string {
  const clause = hasToken(
    conditions,
    values.map((value) => searchedHash(name, parseToken(value))),
  );
  return modifier === 'not' ? `NOT (${clause})` : clause;
}

function hasToken(conditions: SearchConditions, hashes: readonly string[]): string {
  return `r.tokens && ${conditions.value(`{${hashes.join(',')}}`)}::bigint[]`;
}

/** @throws Failure('malformed') */
function missingClause(conditions: SearchConditions, { name, values }: SearchParameter): string {
  const [value, ...others] = values;
  if (others.length > 0 || (value !== 'true' && value !== 'false'))
    throw new Failure('malformed', `${name}:missing is true or false`);
  const present = hasToken(conditions, [presenceHash(name)]);
  return value === 'true' ? `NOT (${present})` : present;
}

/** `id`, `Type/id`, an address, or with a type as modifier; `:identifier` looks at what a reference says instead of where. */
function referenceClause(
  conditions: SearchConditions,
  { name, targets }: IndexedParameter,
  { modifier, values }: SearchParameter,
  base: string,
): string {
  if (modifier === 'identifier') return tokenClause(conditions, { name: `${name}:identifier`, values });
  const wanted = values.flatMap((text) => {
    const reference = findReference(unescapeValue(text), base);
    if (reference === undefined) return [`${name}=${unescapeValue(text)}`];
    const types = reference.type === undefined ? targets : [reference.type];
    return types
      .filter((type) => modifier === undefined || type === modifier)
      .map((type) => `${name}=${type}/${reference.id}`);
  });
  return `r.links && ${conditions.value(wanted)}::text[]`;
}

function textClause(conditions: SearchConditions, { name, values }: SearchParameter, way: string): string {
  const clauses = values.map((value) => {
    const text = foldText(unescapeValue(value));
    const wanted = conditions.value(way === 'exact' ? text : likePattern(text, way === 'contains'));
    return way === 'exact' ? `x.t = ${wanted}` : `x.t LIKE ${wanted}`;
  });
  return `EXISTS (SELECT FROM jsonb_to_recordset(r.details->'texts') AS x(n text, t text) WHERE x.n = ${conditions.value(name)} AND ${anyOf(clauses)})`;
}

function likePattern(text: string, anywhere: boolean): string {
  return `${anywhere ? '%' : ''}${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}

function addDates(conditions: SearchConditions, { name, values }: SearchParameter, sides: DateSides): void {
  const alternatives = values.map((value) => {
    const { prefix, from, until } = parseDate(value, name);
    const moment = (time: number): string => `${conditions.value(toTimestamp(time))}::timestamptz`;
    return sides.clause(conditions, prefix, moment(from), moment(until));
  });
  conditions.require(anyOf(alternatives));
}

function anyOf(clauses: readonly string[]): string {
  return clauses.length === 1 ? (clauses[0] ?? 'false') : `(${clauses.join(' OR ')})`;
}
