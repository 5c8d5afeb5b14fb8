import { Failure } from '@samenhang/errors';
import {
  checkSearch,
  decodeCursor,
  encodeCursor,
  parsePrefer,
  searchUrl,
  writeSearchset,
  type ResourceDefinition,
  type SearchParameter,
  type SearchsetEntry,
} from '@samenhang/fhir-http';
import type { HeldResource, ResourceCollection } from '../resources/resource-collection.js';
import { matches } from './matches.js';

const DEFAULT_COUNT = 50;
const MAXIMUM_COUNT = 500;

export interface SearchRequest {
  readonly base: string;
  readonly type: string;
  readonly parameters: readonly SearchParameter[];
  readonly prefer: string | undefined;
  /** What the asker may see. */
  readonly isVisible: (resource: HeldResource) => boolean;
}

/** @throws Failure('not-found') for a type that is not served */
export function getDefinition(definitions: readonly ResourceDefinition[], type: string): ResourceDefinition {
  const definition = definitions.find((candidate) => candidate.type === type);
  if (definition === undefined) throw new Failure('not-found', 'This type of resource is not served here');
  return definition;
}

/** A page of matches as a searchset, in the order in which they were updated. */
export function runSearch(
  resources: ResourceCollection,
  definition: ResourceDefinition,
  request: SearchRequest,
): string {
  const { base, type, isVisible } = request;
  const { parameters, ignored } = checkSearch(definition, request.parameters, parsePrefer(request.prefer));
  const found = resources
    .all(type)
    .filter(
      (resource) =>
        isVisible(resource) && parameters.every((parameter) => matches(resource, parameter, base)),
    )
    .sort((a, b) => compareKeys(keyOf(a), keyOf(b)));
  const after = cursorOf(parameters);
  const rest =
    after === undefined ? found : found.filter((resource) => compareKeys(keyOf(resource), after) > 0);
  const count = countOf(parameters);
  const page = rest.slice(0, count);
  const last = page.at(-1);
  const hasMore = last !== undefined && rest.length > page.length;
  const text = writeSearchset({
    self: searchUrl(base, type, parameters),
    ...(hasMore ? { next: searchUrl(base, type, parameters, encodeCursor(keyOf(last))) } : {}),
    total: found.length,
    entries: [
      ...page.map((resource) => toEntry(resource, base, 'match')),
      ...includedBy(page, parameters, resources).map((resource) => toEntry(resource, base, 'include')),
    ],
    ignored,
  });
  return [...text].join('');
}

function toEntry({ type, id, body }: HeldResource, base: string, mode: 'match' | 'include'): SearchsetEntry {
  return { fullUrl: `${base}/${type}/${id}`, body, mode };
}

/** `_include=…:medication`, the only one there is. A medication says nothing about a patient: it goes with what refers to it. */
function includedBy(
  page: readonly HeldResource[],
  parameters: readonly SearchParameter[],
  resources: ResourceCollection,
): HeldResource[] {
  if (!parameters.some(({ name }) => name === '_include')) return [];
  const found = page.flatMap(({ content }) => {
    const { reference } = (content['medicationReference'] ?? {}) as { reference?: string };
    const medication = resources.find(
      'Medication',
      /^(?:.*\/)?Medication\/([^/]+)$/.exec(reference ?? '')?.[1] ?? '',
    );
    return medication === undefined ? [] : [medication];
  });
  return [...new Set(found)];
}

type Key = readonly [updated: number, id: string];

function keyOf(resource: HeldResource): Key {
  return [resource.lastUpdated.getTime(), resource.id];
}

function compareKeys(a: Key, b: Key): number {
  return a[0] - b[0] || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0);
}

function cursorOf(parameters: readonly SearchParameter[]): Key | undefined {
  const text = parameters.find(({ name }) => name === '_cursor')?.values[0];
  if (text === undefined) return undefined;
  const [updated, id] = decodeCursor(text, 2);
  return [Number(updated), String(id)];
}

function countOf(parameters: readonly SearchParameter[]): number {
  const text = parameters.find(({ name }) => name === '_count')?.values[0];
  if (text === undefined) return DEFAULT_COUNT;
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new Failure('malformed', '_count is a positive number');
  return Math.min(count, MAXIMUM_COUNT);
}
