import { Failure } from '@samenhang/errors';
import type { SearchParameter } from '@samenhang/fhir-http';
import { findElement, parseExactJson } from '@samenhang/fhir-r4';
import { findRecordedType } from '../resources/record-resources.js';

/** Which elements of a resource are given (http://hl7.org/fhir/R4/search.html#summary). */
export type Shape =
  | { readonly kind: 'whole' }
  | { readonly kind: 'count' }
  | { readonly kind: 'text' | 'data' | 'summary' }
  | { readonly kind: 'elements'; readonly names: readonly string[] };

const kinds: Readonly<Record<string, Shape['kind']>> = {
  true: 'summary',
  text: 'text',
  data: 'data',
  count: 'count',
  false: 'whole',
};
const ELEMENT = /^(?:[A-Z][A-Za-z]+\.)?([a-z][A-Za-z]*)(?:\.[A-Za-z.]+)?$/;

/** @throws Failure('malformed') */
export function readShape(parameters: readonly SearchParameter[]): Shape {
  const summary = parameters.find(({ name }) => name === '_summary')?.values[0];
  const elements = parameters.filter(({ name }) => name === '_elements').flatMap(({ values }) => values);
  if (elements.length > 0 && summary !== undefined && summary !== 'false')
    throw new Failure('malformed', '_elements and _summary are not asked together');
  if (elements.length > 0) {
    const names = elements.map((text) => ELEMENT.exec(text)?.[1]);
    if (names.includes(undefined)) throw new Failure('malformed', '_elements are names of elements');
    return { kind: 'elements', names: names.filter((name) => name !== undefined) };
  }
  if (summary === undefined) return { kind: 'whole' };
  const kind = Object.hasOwn(kinds, summary) ? kinds[summary] : undefined;
  if (kind === undefined || kind === 'elements')
    throw new Failure('malformed', '_summary is true, text, data, count or false');
  return { kind };
}

/** Never left out: what identifies, what changes the meaning of the rest, and what references point into. */
const always = new Set([
  'resourceType',
  'id',
  'meta',
  'implicitRules',
  'modifierExtension',
  'contained',
  'status',
  'clinicalStatus',
  'verificationStatus',
  'doNotPerform',
]);
const subsetted = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
  code: 'SUBSETTED',
};

/** The stored text in that shape; what is not whole is marked, so that nobody stores it for the resource. */
export function shapeResource(body: string, type: string, shape: Shape): string {
  if (shape.kind === 'whole' || shape.kind === 'count') return body;
  const resource = parseExactJson(body) as Record<string, unknown>;
  const kept = Object.entries(resource).filter(([key]) => isKept(type, key.replace(/^_/, ''), shape));
  const shaped = Object.fromEntries(kept);
  return JSON.stringify({ ...shaped, meta: markedMeta(shaped['meta']) });
}

function isKept(type: string, key: string, shape: Shape): boolean {
  if (shape.kind === 'data') return key !== 'text';
  if (always.has(key) || (shape.kind === 'text' && key === 'text')) return true;
  const element = elementOf(type, key);
  if (findElement(type, element)?.isRequired === true) return true;
  if (shape.kind === 'elements') return shape.names.includes(element) || shape.names.includes(key);
  return shape.kind === 'summary' && findRecordedType(type)?.summary.includes(element) === true;
}

/** `value` for `valueQuantity`. */
function elementOf(type: string, key: string): string {
  if (findElement(type, key) !== undefined) return key;
  for (let end = key.length - 1; end > 0; end -= 1) {
    const name = key.slice(0, end);
    if (/[A-Z]/.test(key[end] ?? '') && findElement(type, name)?.isChoice === true) return name;
  }
  return key;
}

function markedMeta(meta: unknown): object {
  const stated = typeof meta === 'object' && meta !== null ? meta : {};
  const { tag } = stated as { tag?: unknown };
  return { ...stated, tag: [...(Array.isArray(tag) ? (tag as unknown[]) : []), subsetted] };
}
