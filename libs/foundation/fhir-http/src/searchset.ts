import { randomUUID } from 'node:crypto';
import { nameOf, type SearchParameter } from './search-parameters.js';

/** An entry of a searchset. `body` is the resource's JSON text exactly as stored: decimals keep their digits. */
export interface SearchsetEntry {
  readonly fullUrl: string;
  readonly body: string;
  readonly mode: 'match' | 'include' | 'outcome';
}

export interface Searchset {
  readonly self: string;
  readonly next?: string;
  /** Number of matches over all pages; left out when it is not known exactly. */
  readonly total?: number;
  readonly entries: readonly SearchsetEntry[];
  /** Parameters that were left out of account. */
  readonly ignored?: readonly string[];
}

/** Writes a searchset Bundle by joining stored texts: nothing is parsed or serialised again. */
export function* writeSearchset(searchset: Searchset): Generator<string> {
  const links = [{ relation: 'self', url: searchset.self }];
  if (searchset.next !== undefined) links.push({ relation: 'next', url: searchset.next });
  yield '{"resourceType":"Bundle","type":"searchset"';
  if (searchset.total !== undefined) yield `,"total":${searchset.total}`;
  yield `,"link":${JSON.stringify(links)}`;
  const entries = [...searchset.entries, ...outcomeEntries(searchset.ignored ?? [])];
  for (const [index, entry] of entries.entries()) {
    // An outcome is no resource of the server, so that it has no address there; each entry has an identity all the same.
    const fullUrl = entry.mode === 'outcome' ? `urn:uuid:${randomUUID()}` : entry.fullUrl;
    yield `${index === 0 ? ',"entry":[' : ','}{"fullUrl":${JSON.stringify(fullUrl)},"resource":`;
    yield entry.body;
    yield `,"search":{"mode":"${entry.mode}"}}`;
  }
  yield entries.length === 0 ? '}' : ']}';
}

function outcomeEntries(ignored: readonly string[]): SearchsetEntry[] {
  if (ignored.length === 0) return [];
  const issue = ignored.map((name) => ({
    severity: 'warning',
    code: 'not-supported',
    diagnostics: `Ignored, not supported: ${name}`,
  }));
  return [
    { fullUrl: '', body: JSON.stringify({ resourceType: 'OperationOutcome', issue }), mode: 'outcome' },
  ];
}

/**
 * URL of a search as it was understood, for `self` and `next` links. Identifiers stay out of URLs, so a search by
 * identifier is shown without it.
 */
export function searchUrl(
  base: string,
  type: string,
  parameters: readonly SearchParameter[],
  cursor?: string,
): string {
  const query = new URLSearchParams();
  for (const parameter of parameters) {
    if (parameter.name === 'identifier' || parameter.name === '_cursor') continue;
    query.append(nameOf(parameter), parameter.values.join(','));
  }
  if (cursor !== undefined) query.append('_cursor', cursor);
  const text = query.toString();
  return text === '' ? `${base}/${type}` : `${base}/${type}?${text}`;
}
