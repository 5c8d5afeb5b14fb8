import {
  parseDate,
  parseToken,
  splitUnescaped,
  unescapeValue,
  type SearchParameter,
} from '@samenhang/fhir-http';
import { findTimeInterval } from '@samenhang/fhir-r4';
import { Failure } from '@samenhang/errors';
import type { FhirResource } from '@samenhang/data-model';
import { isRecord, recordsOf } from '../sources/json-shape.js';
import { compareIntervals, type Interval } from './compare-intervals.js';
import type { ParameterKind, SearchableParameter } from './searchable-types.js';
import { valuesAt } from './values-at.js';

export type ResourceTest = (resource: FhirResource) => boolean;
type ValueTest = (value: unknown) => boolean;

const modifiersOf: Readonly<Record<ParameterKind, readonly string[]>> = {
  token: ['not', 'text'],
  date: [],
  string: ['exact', 'contains'],
  quantity: [],
  reference: [],
  uri: ['below'],
};

/** Whether this kind of parameter can be asked with this modifier. */
export function knowsModifier(kind: ParameterKind, modifier: string | undefined): boolean {
  return modifier === undefined || modifier === 'missing' || modifiersOf[kind].includes(modifier);
}

/**
 * A criterion as a test of a resource: any of its values, at any of its places.
 * @throws Failure('malformed') when a value cannot be read
 */
export function testOf(definition: SearchableParameter, criterion: SearchParameter): ResourceTest {
  const { name, modifier, values } = criterion;
  const found = (resource: FhirResource): unknown[] =>
    definition.paths.flatMap((path) => valuesAt(resource, path));
  if (modifier === 'missing') {
    const [isMissing] = values;
    if (values.length !== 1 || (isMissing !== 'true' && isMissing !== 'false'))
      throw new Failure('malformed', `The value of ${name}:missing is true or false`);
    return (resource) => (found(resource).length === 0) === (isMissing === 'true');
  }
  const tests = values.map((text) => valueTest(definition.kind, name, modifier, text));
  const holds: ResourceTest = (resource) =>
    found(resource).some((value) => tests.some((test) => test(value)));
  // Also what has no value at all is not the value (http://hl7.org/fhir/R4/search.html#modifiers).
  return modifier === 'not' ? (resource) => !holds(resource) : holds;
}

function valueTest(kind: ParameterKind, name: string, modifier: string | undefined, text: string): ValueTest {
  switch (kind) {
    case 'token':
      return modifier === 'text' ? tokenTextTest(text) : tokenTest(text);
    case 'date':
      return dateTest(text, name);
    case 'string':
      return stringTest(unescapeValue(text), modifier);
    case 'quantity':
      return quantityTest(text, name);
    case 'reference':
      return (value) => isRecord(value) && value['reference'] === unescapeValue(text);
    case 'uri':
      return modifier === 'below'
        ? (value) => typeof value === 'string' && isBelow(value, unescapeValue(text))
        : (value) => value === unescapeValue(text);
  }
}

function isBelow(value: string, parent: string): boolean {
  return value === parent || value.startsWith(parent.endsWith('/') ? parent : `${parent}/`);
}

function tokenTest(text: string): ValueTest {
  const { system, code } = parseToken(text);
  return (value) =>
    codedValues(value).some(
      (coded) =>
        (system === undefined || (coded.system ?? '') === system) &&
        (code === undefined || coded.code === code),
    );
}

interface CodedValue {
  readonly system?: string;
  readonly code?: string;
}

function codedValues(value: unknown): CodedValue[] {
  if (typeof value === 'string' || typeof value === 'boolean') return [{ code: String(value) }];
  if (!isRecord(value)) return [];
  const codings = 'coding' in value ? recordsOf(value['coding']) : [value];
  return codings.map(({ system, code, value: number }) => ({
    ...(typeof system === 'string' ? { system } : {}),
    ...(typeof code === 'string' ? { code } : typeof number === 'string' ? { code: number } : {}),
  }));
}

function tokenTextTest(text: string): ValueTest {
  const wanted = fold(unescapeValue(text));
  return (value) =>
    isRecord(value) &&
    [value, ...recordsOf(value['coding'])]
      .flatMap(({ text: words, display }) => [words, display])
      .some((words) => typeof words === 'string' && fold(words).includes(wanted));
}

/** Accents and case aside (http://hl7.org/fhir/R4/search.html#string). */
function fold(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

function stringTest(text: string, modifier: string | undefined): ValueTest {
  const wanted = fold(text);
  return (value) => {
    if (typeof value !== 'string') return false;
    if (modifier === 'exact') return value === text;
    return modifier === 'contains' ? fold(value).includes(wanted) : fold(value).startsWith(wanted);
  };
}

function dateTest(text: string, name: string): ValueTest {
  const { prefix, from, until } = parseDate(text, name);
  return (value) => {
    const interval = intervalOf(value);
    return interval !== undefined && compareIntervals(prefix, interval, { from, until });
  };
}

/** The stretch of time of a date or a period; a period that does not say when it ends has not ended. */
export function intervalOf(value: unknown): Interval | undefined {
  if (typeof value === 'string') return findTimeInterval(value);
  if (!isRecord(value)) return undefined;
  const start = typeof value['start'] === 'string' ? findTimeInterval(value['start']) : undefined;
  const end = typeof value['end'] === 'string' ? findTimeInterval(value['end']) : undefined;
  if (start === undefined && end === undefined) return undefined;
  return { from: start?.from ?? Number.NEGATIVE_INFINITY, until: end?.until ?? Number.POSITIVE_INFINITY };
}

const QUANTITY = /^(eq|ne|gt|ge|lt|le|sa|eb|ap)?([+-]?\d+(?:\.(\d+))?(?:[eE][+-]?\d+)?)$/;

/** `[prefix]number|system|code`; a number stands for all that round to it (http://hl7.org/fhir/R4/search.html#quantity). */
function quantityTest(text: string, name: string): ValueTest {
  const [number = '', system = '', code = ''] = splitUnescaped(text, '|').map(unescapeValue);
  const [, prefix = 'eq', digits = '', fraction = ''] = QUANTITY.exec(number) ?? [];
  if (digits === '') throw new Failure('malformed', `The value of ${name} is not a number`);
  const half = 0.5 * 10 ** -fraction.length;
  const wanted = { from: Number(digits) - half, until: Number(digits) + half };
  const isExact = prefix !== 'eq' && prefix !== 'ne' && prefix !== 'ap';
  const range = isExact ? { from: Number(digits), until: Number(digits) } : wanted;
  return (value) => {
    if (!isRecord(value) || typeof value['value'] !== 'number') return false;
    const hasUnit = code === '' || value['code'] === code || (system === '' && value['unit'] === code);
    if (!hasUnit || (system !== '' && value['system'] !== system)) return false;
    return compareNumber(prefix, value['value'], range);
  };
}

function compareNumber(prefix: string, value: number, { from, until }: Interval): boolean {
  switch (prefix) {
    case 'ne':
      return value < from || value >= until;
    case 'gt':
    case 'sa':
      return value > until;
    case 'ge':
      return value >= from;
    case 'lt':
    case 'eb':
      return value < from;
    case 'le':
      return value <= until;
    case 'ap':
      return Math.abs(value - (from + until) / 2) <= Math.abs((from + until) / 2) * 0.1;
    default:
      return value >= from && value < until;
  }
}
