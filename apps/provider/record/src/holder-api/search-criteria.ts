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
import { findParameter, findRecordedType, supportingTypes } from '../resources/record-resources.js';
import { findSupportingParameter } from '../resources/supporting-parameters.js';
import { toTimestamp } from '../resources/timestamp.js';
import { presenceHash, searchedHash } from '../resources/token-hash.js';
import {
  addressInBody,
  anyOf,
  exactInBody,
  ofTypeInBody,
  subsumedInBody,
  tokenInBody,
  wordsInBody,
} from './body-criteria.js';
import { compositeClause } from './composite-criteria.js';
import { detailDate, effectiveDate, updatedDate, type DateSides } from './date-criteria.js';
import { quantityClause } from './quantity-criteria.js';
import type { Visible } from './included-rows.js';
import type { Reach } from './reach.js';
import { reachClause } from './reach-criteria.js';
import type { SearchConditions } from './search-conditions.js';
import { isOfPatient } from './searched-parameter.js';

/** What criteria need to know beside the row: how references are written, and what may be looked at behind them. */
export interface CriteriaScope {
  readonly base: string;
  readonly visible: Visible;
}

/** Adds what the criteria of a search ask of a row. What names the patient has been dealt with before. */
export function addCriteria(
  conditions: SearchConditions,
  type: string,
  {
    parameters,
    reaches,
  }: { readonly parameters: readonly SearchParameter[]; readonly reaches: readonly Reach[] },
  scope: CriteriaScope,
): void {
  for (const asked of parameters)
    if (!isOfPatient(type, asked.name)) addAsked(conditions, type, asked, scope.base);
  for (const reach of reaches)
    conditions.require(
      reachClause(conditions, type, reach, scope.visible, (nested, other, asked) =>
        addAsked(nested, other, asked, scope.base),
      ),
    );
}

function addAsked(conditions: SearchConditions, type: string, asked: SearchParameter, base: string): void {
  const { name, modifier, values } = asked;
  if (name === '_id')
    return conditions.require(`r.id = ANY(${conditions.value(values)}::text[] COLLATE "C")`);
  if (name === '_lastUpdated') return addDates(conditions, asked, updatedDate);
  const composite = compositeClause(conditions, type, asked);
  if (composite !== undefined) return conditions.require(composite);
  const supporting = supportingTypes.has(type) ? findSupportingParameter(type, name) : undefined;
  if (supporting !== undefined) return conditions.require(supportingClause(conditions, supporting, asked));
  const parameter = findParameter(type, name);
  if (parameter === undefined) return;
  if (modifier === 'missing') conditions.require(missingClause(conditions, asked));
  else addCriterion(conditions, type, parameter, asked, base);
}

/** Of what is never searched by itself nothing was extracted. */
function supportingClause(
  conditions: SearchConditions,
  { type, paths }: IndexedParameter,
  { modifier, values }: SearchParameter,
): string {
  return type === 'string'
    ? wordsInBody(conditions, paths, values, modifier === 'contains')
    : tokenInBody(conditions, paths, values);
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
      conditions.require(textClause(conditions, asked, modifier ?? 'starts'));
      // What was extracted has neither case nor accents.
      if (modifier === 'exact') conditions.require(exactInBody(conditions, parameter.paths, values));
      return;
    case 'quantity':
      return conditions.require(anyOf(values.map((value) => quantityClause(conditions, name, value))));
    case 'uri':
      if (modifier === 'below' || modifier === 'above')
        return conditions.require(addressInBody(conditions, modifier, parameter.paths, values));
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
      if (modifier === 'of-type')
        return conditions.require(ofTypeInBody(conditions, name, parameter.paths, values));
      if (modifier === 'below' || modifier === 'above')
        return conditions.require(subsumedInBody(conditions, { name, modifier, values }, parameter.paths));
      return conditions.require(tokenClause(conditions, asked));
    case 'composite':
      return;
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
