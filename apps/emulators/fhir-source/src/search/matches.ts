import {
  findReference,
  parseDate,
  parseToken,
  type SearchParameter,
  type TokenValue,
} from '@samenhang/fhir-http';
import type { HeldResource } from '../resources/resource-collection.js';

/** Whether a resource meets a criterion; the values of a criterion are alternatives. */
export function matches(resource: HeldResource, { name, values }: SearchParameter, base: string): boolean {
  switch (name) {
    case '_id':
      return values.includes(resource.id);
    case '_lastUpdated':
      return values.some((value) => isWithin(resource.lastUpdated.getTime(), value));
    case 'identifier':
      return values
        .map(parseToken)
        .some((token) => listOf(resource.content['identifier']).some((one) => isIdentifier(one, token)));
    case 'category':
      return values
        .map(parseToken)
        .some((token) => codingsOf(resource.content['category']).some((one) => isCoding(one, token)));
    case 'code':
      return values
        .map(parseToken)
        .some((token) => codingsOf(resource.content['code']).some((one) => isCoding(one, token)));
    case 'class':
      return values
        .map(parseToken)
        .some((token) => isCoding((resource.content['class'] ?? {}) as { code?: string }, token));
    case 'status':
      return values.includes(String(resource.content['status']));
    case 'beneficiary':
    case 'patient':
    case 'subject':
      return values.some((value) => refersTo(resource, value, base));
    default:
      return true;
  }
}

function isWithin(moment: number, text: string): boolean {
  const { prefix, from, until } = parseDate(text, '_lastUpdated');
  switch (prefix) {
    case 'ge':
      return moment >= from;
    case 'gt':
    case 'sa':
      return moment >= until;
    case 'le':
      return moment < until;
    case 'lt':
    case 'eb':
      return moment < from;
    case 'ne':
      return moment < from || moment >= until;
    default:
      return moment >= from && moment < until;
  }
}

function refersTo(resource: HeldResource, value: string, base: string): boolean {
  const wanted = findReference(value, base);
  if (wanted === undefined || (wanted.type ?? 'Patient') !== 'Patient') return false;
  return patientIdOf(resource) === wanted.id;
}

/** Id of the Patient a resource is about; a Patient is about itself. */
export function patientIdOf({ type, id, content }: HeldResource): string | undefined {
  if (type === 'Patient') return id;
  for (const element of ['subject', 'patient', 'beneficiary']) {
    const { reference } = (content[element] ?? {}) as { reference?: string };
    const found = /^(?:.*\/)?Patient\/([A-Za-z0-9.-]{1,64})$/.exec(reference ?? '')?.[1];
    if (found !== undefined) return found;
  }
  return undefined;
}

interface Identifier {
  readonly system?: string;
  readonly value?: string;
}

export function identifiersOf(resource: HeldResource): Identifier[] {
  return listOf(resource.content['identifier']) as Identifier[];
}

function isIdentifier(identifier: unknown, { system, code }: TokenValue): boolean {
  const one = identifier as Identifier;
  return isSystem(one.system, system) && (code === undefined || one.value === code);
}

function isCoding(coding: { system?: string; code?: string }, { system, code }: TokenValue): boolean {
  return isSystem(coding.system, system) && (code === undefined || coding.code === code);
}

function isSystem(actual: string | undefined, wanted: string | undefined): boolean {
  return wanted === undefined || (wanted === '' ? actual === undefined : actual === wanted);
}

function codingsOf(concepts: unknown): { system?: string; code?: string }[] {
  return listOf(concepts).flatMap(
    (concept) => (concept as { coding?: { system?: string; code?: string }[] }).coding ?? [],
  );
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : value === undefined ? [] : [value];
}
