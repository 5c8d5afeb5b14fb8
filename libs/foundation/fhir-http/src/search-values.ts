import { Failure } from '@samenhang/errors';
import { findTimeInterval, isResourceType, type TimeInterval } from '@samenhang/fhir-r4';
import { splitUnescaped, unescapeValue } from './search-parameters.js';

/**
 * A token criterion (http://hl7.org/fhir/R4/search.html#token). `system` undefined: any; empty: none.
 * `code` undefined: any code of the system.
 */
export interface TokenValue {
  readonly system?: string;
  readonly code?: string;
}

/** The four forms `code`, `system|code`, `|code` and `system|`. */
export function parseToken(text: string): TokenValue {
  const [first = '', second, ...rest] = splitUnescaped(text, '|').map(unescapeValue);
  if (rest.length > 0) throw new Failure('malformed', 'A token has at most one |');
  if (second === undefined) return { code: first };
  if (second === '') {
    if (first === '') throw new Failure('malformed', 'A token names a system, a code, or both');
    return { system: first };
  }
  return { system: first, code: second };
}

export const datePrefixes = ['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'sa', 'eb', 'ap'] as const;
export type DatePrefix = (typeof datePrefixes)[number];

export interface DateValue extends TimeInterval {
  readonly prefix: DatePrefix;
}

/** @throws Failure('malformed') when the text is no date; the name is for the message */
export function parseDate(text: string, name: string): DateValue {
  const prefix = datePrefixes.find((candidate) => text.startsWith(candidate));
  const interval = findTimeInterval(prefix === undefined ? text : text.slice(2));
  if (interval === undefined) throw new Failure('malformed', `The value of ${name} is not a date`);
  return { prefix: prefix ?? 'eq', ...interval };
}

export interface ReferenceValue {
  readonly type?: string;
  readonly id: string;
}

const ID = /^[A-Za-z0-9\-.]{1,64}$/;

/**
 * A reference criterion: `id`, `Type/id`, or an absolute URL below this server's base.
 * @returns undefined for anything else: it cannot match anything that is kept here
 */
export function findReference(text: string, base: string): ReferenceValue | undefined {
  const relative = text.startsWith(`${base}/`) ? text.slice(base.length + 1) : text;
  const [first = '', second, ...rest] = relative.split('/');
  if (rest.length > 0) return undefined;
  if (second === undefined) return ID.test(first) ? { id: first } : undefined;
  return isResourceType(first) && ID.test(second) ? { type: first, id: second } : undefined;
}
