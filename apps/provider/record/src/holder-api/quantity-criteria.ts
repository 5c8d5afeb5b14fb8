import { Failure } from '@samenhang/errors';
import { datePrefixes, splitUnescaped, unescapeValue, type DatePrefix } from '@samenhang/fhir-http';
import type { SearchConditions } from './search-conditions.js';

const NUMBER = /^([+-]?)(\d{1,20})(?:\.(\d{1,20}))?(?:[eE]([+-]?\d{1,2}))?$/;

/** `[prefix]number|system|code` or `[prefix]number||unit` (http://hl7.org/fhir/R4/search.html#quantity). */
export interface QuantityValue {
  readonly prefix: DatePrefix;
  readonly number: string;
  /** Half of the last digit that was given: what is not told apart from the number. */
  readonly margin: string;
  readonly system?: string;
  /** With a system a code; without one the code or the unit as shown. */
  readonly unit?: string;
}

/** @throws Failure('malformed'); the name is for the message */
export function parseQuantity(text: string, name: string): QuantityValue {
  const [value = '', system = '', unit = '', ...rest] = splitUnescaped(text, '|').map(unescapeValue);
  const prefix = datePrefixes.find((candidate) => value.startsWith(candidate));
  const number = prefix === undefined ? value : value.slice(2);
  const match = NUMBER.exec(number);
  if (match === null || rest.length > 0)
    throw new Failure('malformed', `The value of ${name} is not a quantity`);
  const exponent = Number(match[4] ?? 0) - (match[3]?.length ?? 0);
  return {
    prefix: prefix ?? 'eq',
    number,
    margin: `0.5e${exponent}`,
    ...(system === '' ? {} : { system }),
    ...(unit === '' ? {} : { unit }),
  };
}

/** A row has such a quantity. Units are compared as written: nothing is converted. */
export function quantityClause(conditions: SearchConditions, name: string, text: string): string {
  const { prefix, number, margin, system, unit } = parseQuantity(text, name);
  const value = `${conditions.value(number)}::numeric`;
  const half = `${conditions.value(margin)}::numeric`;
  const wanted = [`x.n = ${conditions.value(name)}`, compare(prefix, value, half)];
  if (system !== undefined) wanted.push(`x.s = ${conditions.value(system)}`);
  if (unit !== undefined) {
    const code = conditions.value(unit);
    wanted.push(system === undefined ? `(x.c = ${code} OR x.u = ${code})` : `x.c = ${code}`);
  }
  return `EXISTS (SELECT FROM jsonb_to_recordset(r.details->'quantities') AS x(n text, v numeric, s text, c text, u text) WHERE ${wanted.join(' AND ')})`;
}

/** Equality is up to the digits given; `ap` is within a tenth. Both values are used in each, so that all have types. */
function compare(prefix: DatePrefix, value: string, half: string): string {
  const near = `(x.v >= ${value} - ${half} AND x.v < ${value} + ${half})`;
  const typed = `${half} IS NOT NULL`;
  switch (prefix) {
    case 'eq':
      return near;
    case 'ne':
      return `NOT ${near}`;
    case 'gt':
    case 'sa':
      return `(x.v > ${value} AND ${typed})`;
    case 'ge':
      return `(x.v >= ${value} AND ${typed})`;
    case 'lt':
    case 'eb':
      return `(x.v < ${value} AND ${typed})`;
    case 'le':
      return `(x.v <= ${value} AND ${typed})`;
    case 'ap':
      return `(abs(x.v - ${value}) <= greatest(abs(${value}) / 10, ${half}))`;
  }
}
