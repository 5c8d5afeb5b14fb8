import { parseDate, unescapeValue, type SearchParameter } from '@samenhang/fhir-http';
import { findTimeInterval } from '@samenhang/fhir-r4';
import { Failure } from '@samenhang/errors';
import type { FhirResource } from '@samenhang/data-model';
import { isRecord } from '../sources/json-shape.js';
import { compareIntervals, type Interval } from './compare-intervals.js';
import { compositeTest } from './composite-test.js';
import { fold } from './fold.js';
import { quantityTest } from './quantity-test.js';
import type { ParameterKind, SearchableParameter } from './searchable-types.js';
import { ofTypeTest, subsumptionTest, tokenTest, tokenTextTest } from './token-test.js';
import { valuesAt } from './values-at.js';

export type ResourceTest = (resource: FhirResource) => boolean;
type ValueTest = (value: unknown) => boolean;

const modifiersOf: Readonly<Record<ParameterKind, readonly string[]>> = {
  token: ['above', 'below', 'missing', 'not', 'of-type', 'text'],
  date: ['missing'],
  string: ['contains', 'exact', 'missing'],
  quantity: ['missing'],
  reference: ['missing'],
  uri: ['above', 'below', 'missing'],
  composite: [],
};

/** Whether this kind of parameter can be asked with this modifier. */
export function knowsModifier(kind: ParameterKind, modifier: string | undefined): boolean {
  return modifier === undefined || modifiersOf[kind].includes(modifier);
}

/**
 * A criterion as a test of a resource: any of its values, at any of its places.
 * @throws Failure('malformed') when a value cannot be read
 */
export function testOf(definition: SearchableParameter, criterion: SearchParameter): ResourceTest {
  const { name, modifier, values } = criterion;
  if (definition.kind === 'composite') return compositeTest(definition, values);
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
      if (modifier === 'text') return tokenTextTest(text);
      if (modifier === 'of-type') return ofTypeTest(text, name);
      return modifier === 'below' || modifier === 'above'
        ? subsumptionTest(text, { name, modifier })
        : tokenTest(text);
    case 'date':
      return dateTest(text, name);
    case 'string':
      return stringTest(unescapeValue(text), modifier);
    case 'quantity':
      return quantityTest(text, name);
    case 'reference':
      return (value) => isRecord(value) && value['reference'] === unescapeValue(text);
    case 'uri':
      return uriTest(unescapeValue(text), modifier);
    case 'composite':
      throw new RangeError('A composite is tested as a whole');
  }
}

function uriTest(asked: string, modifier: string | undefined): ValueTest {
  return (value) => {
    if (typeof value !== 'string') return false;
    if (modifier === 'below') return isBelow(value, asked);
    return modifier === 'above' ? isBelow(asked, value) : value === asked;
  };
}

function isBelow(value: string, parent: string): boolean {
  return value === parent || value.startsWith(parent.endsWith('/') ? parent : `${parent}/`);
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
