import { Failure } from '@samenhang/errors';

/** One resource, or a search within one type. Nothing that has a scheme, a host, an operation or a way up. */
const READ = /^[A-Z][A-Za-z]{1,63}\/[A-Za-z0-9\-.]{1,64}$/;
const SEARCH = /^([A-Z][A-Za-z]{1,63})(?:\?(.*))?$/s;
const NAME = /^_?[a-z][A-Za-z-]{0,63}(?::[A-Za-z-]{1,32})?$/;

/** Which patient it is about is the offer's own matter; the others reach further than one patient or run what one writes. */
const refusedNames = new Set([
  'patient',
  'subject',
  'beneficiary',
  'identifier',
  '_revinclude',
  '_has',
  '_query',
  '_filter',
  '_list',
  '_contained',
  '_cursor',
]);
const LONGEST = 2_000;

/**
 * The one spelling of a read or search that an offer lists: parameters sorted, values encoded in one way. What is asked
 * for is compared in this spelling, so that nothing but what is listed is listed.
 * @throws Failure('invalid')
 */
export function canonicalRequest(text: string): string {
  if (text.length > LONGEST) throw new Failure('invalid', 'What is offered must be a shorter text');
  if (READ.test(text) && !text.includes('..')) return text;
  const [, type = '', query = ''] = SEARCH.exec(text) ?? [];
  if (type === '')
    throw new Failure('invalid', 'Offered is a resource (Type/id) or a search (Type?name=value)');
  return canonicalSearch(type, [...new URLSearchParams(query)]);
}

/** @throws Failure('invalid') for what no offer can list */
export function canonicalSearch(type: string, parameters: readonly (readonly [string, string])[]): string {
  for (const [name, value] of parameters) {
    const bare = name.split(':', 1)[0] ?? '';
    if (!NAME.test(name) || refusedNames.has(bare) || (bare === '_include' && value.includes('*')))
      throw new Failure(
        'invalid',
        'A search that is offered stays with one patient, and names only parameters',
      );
  }
  const sorted = parameters
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .toSorted();
  return sorted.length === 0 ? type : `${type}?${sorted.join('&')}`;
}
