import { Failure } from '@samenhang/errors';
import { comparableUnits } from '@samenhang/fhir-r4';
import { datePrefixes, splitUnescaped, unescapeValue, type DatePrefix } from '@samenhang/fhir-http';
import type { SearchConditions } from './search-conditions.js';

const UCUM = 'http://unitsofmeasure.org';
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

/** Where in SQL the parts of a stored quantity are. */
export interface StoredQuantity {
  readonly value: string;
  readonly system: string;
  readonly code: string;
  readonly unit: string;
}

const extracted: StoredQuantity = { value: 'x.v', system: 'x.s', code: 'x.c', unit: 'x.u' };

/** A row has such a quantity. */
export function quantityClause(conditions: SearchConditions, name: string, text: string): string {
  const test = quantityTest(conditions, name, text, extracted);
  return `EXISTS (SELECT FROM jsonb_to_recordset(r.details->'quantities') AS x(n text, v numeric, s text, c text, u text) WHERE x.n = ${conditions.value(name)} AND ${test})`;
}

/**
 * A stored quantity is what is asked: in the unit as written, or in one of UCUM that can be converted to it (mmol/L and
 * umol/L, mm[Hg] and kPa). A unit that the table does not know is only itself.
 */
export function quantityTest(
  conditions: SearchConditions,
  name: string,
  text: string,
  stored: StoredQuantity,
): string {
  const { prefix, number, margin, system, unit } = parseQuantity(text, name);
  const value = `${conditions.value(number)}::numeric`;
  const half = `${conditions.value(margin)}::numeric`;
  const same = compare(prefix, stored.value, value, half);
  if (unit === undefined)
    return system === undefined ? same : `(${stored.system} = ${conditions.value(system)} AND ${same})`;
  const asked = conditions.value(unit);
  const written =
    system === undefined
      ? `(${stored.code} = ${asked} OR ${stored.unit} = ${asked}) AND ${same}`
      : `${stored.system} = ${conditions.value(system)} AND ${stored.code} = ${asked} AND ${same}`;
  const others =
    system === undefined || system === UCUM
      ? comparableUnits(unit)?.filter(({ code }) => code !== unit)
      : undefined;
  if (others === undefined || others.length === 0) return `(${written})`;
  const list = (values: readonly string[], type: string): string => `${conditions.value(values)}::${type}[]`;
  const [codes, multiply, divide] = [
    list(
      others.map(({ code }) => code),
      'text',
    ),
    list(
      others.map((ratio) => String(ratio.multiply)),
      'numeric',
    ),
    list(
      others.map((ratio) => String(ratio.divide)),
      'numeric',
    ),
  ];
  const converted = compare(prefix, `(${stored.value} * f.multiply / f.divide)`, value, half);
  return `((${written}) OR (${stored.system} = ${conditions.value(UCUM)} AND EXISTS (SELECT FROM unnest(${codes}, ${multiply}, ${divide}) AS f(code, multiply, divide) WHERE f.code = ${stored.code} AND ${converted})))`;
}

/** Equality is up to the digits given; `ap` is within a tenth. Both values are used in each, so that all have types. */
function compare(prefix: DatePrefix, stored: string, value: string, half: string): string {
  const near = `(${stored} >= ${value} - ${half} AND ${stored} < ${value} + ${half})`;
  const typed = `${half} IS NOT NULL`;
  switch (prefix) {
    case 'eq':
      return near;
    case 'ne':
      return `NOT ${near}`;
    case 'gt':
    case 'sa':
      return `(${stored} > ${value} AND ${typed})`;
    case 'ge':
      return `(${stored} >= ${value} AND ${typed})`;
    case 'lt':
    case 'eb':
      return `(${stored} < ${value} AND ${typed})`;
    case 'le':
      return `(${stored} <= ${value} AND ${typed})`;
    case 'ap':
      return `(abs(${stored} - ${value}) <= greatest(abs(${value}) / 10, ${half}))`;
  }
}
