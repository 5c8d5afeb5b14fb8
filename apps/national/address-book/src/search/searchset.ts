import type { StoredResource } from '../directory/directory-store.js';
import type { DirectoryType } from '../directory/directory-types.js';
import type { SearchPage } from './directory-search.service.js';
import type { Parameters } from './search-query.js';

/** The Bundle as text: stored resources are put in as they are, without parsing them. */
export function toSearchset(
  base: string,
  type: DirectoryType,
  page: SearchPage,
  parameters: Parameters,
): string {
  const link = [linkTo(base, type, 'self', parameters)];
  if (page.next !== undefined) link.push(linkTo(base, type, 'next', { ...parameters, _cursor: page.next }));
  const entries = [
    ...page.matches.map((resource) => toEntry(base, resource, 'match')),
    ...page.included.map((resource) => toEntry(base, resource, 'include')),
  ];
  const entry = entries.length === 0 ? '' : `,"entry":[${entries.join(',')}]`;
  return `{"resourceType":"Bundle","type":"searchset","meta":{"lastUpdated":"${new Date().toISOString()}"},"total":${page.total},"link":${JSON.stringify(link)}${entry}}`;
}

function toEntry(base: string, resource: StoredResource, mode: 'match' | 'include'): string {
  const fullUrl = JSON.stringify(`${base}/${resource.resourceType}/${resource.id}`);
  return `{"fullUrl":${fullUrl},"resource":${resource.content},"search":{"mode":"${mode}"}}`;
}

function linkTo(
  base: string,
  type: DirectoryType,
  relation: string,
  parameters: Parameters,
): { relation: string; url: string } {
  const query = new URLSearchParams();
  for (const [name, values] of Object.entries(parameters)) {
    for (const value of values === undefined ? [] : [values].flat()) query.append(name, value);
  }
  const text = query.toString();
  return { relation, url: `${base}/${type}${text === '' ? '' : `?${text}`}` };
}
