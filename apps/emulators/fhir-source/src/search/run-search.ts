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
import { matches, patientIdOf } from './matches.js';

const DEFAULT_COUNT = 50;
const MAXIMUM_COUNT = 500;

export interface SearchRequest {
  readonly base: string;
  readonly type: string;
  readonly parameters: readonly SearchParameter[];
  readonly prefer: string | undefined;
  /** What the asker may see. */
  readonly isVisible: (resource: HeldResource) => boolean;
  /** Of each code only the newest (`Observation/$lastn`). */
  readonly isNewestOfCode?: boolean;
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
  const matching = resources
    .all(type)
    .filter(
      (resource) =>
        isVisible(resource) && parameters.every((parameter) => matches(resource, parameter, base)),
    )
    .sort((a, b) => compareKeys(keyOf(a), keyOf(b)));
  const found = request.isNewestOfCode === true ? newestOfCode(matching) : matching;
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

/** Elements that hold the reference a search parameter is about, where it is called otherwise. */
const elementsOf: Readonly<Record<string, string>> = {
  'general-practitioner': 'generalPractitioner',
  medication: 'medicationReference',
};

/** `_include`: what is supporting, and says nothing about a patient, goes with what refers to it. */
function includedBy(
  page: readonly HeldResource[],
  parameters: readonly SearchParameter[],
  resources: ResourceCollection,
): HeldResource[] {
  const names = parameters
    .filter(({ name }) => name === '_include')
    .flatMap(({ values }) => values.map((value) => value.split(':')[1] ?? ''));
  const found = page.flatMap(({ content }) =>
    names.flatMap((name) => referencesIn(content[elementsOf[name] ?? name])),
  );
  const targets = found.flatMap((reference) => {
    const [, type = '', id = ''] = /([A-Za-z]+)\/([^/]+)$/.exec(reference) ?? [];
    return resources.find(type, id) ?? [];
  });
  return [...new Set(targets)].filter((target) => patientIdOf(target) === undefined);
}

function referencesIn(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.flatMap((one) => {
    const { reference } = (one ?? {}) as { reference?: unknown };
    return typeof reference === 'string' ? [reference] : [];
  });
}

function newestOfCode(observations: readonly HeldResource[]): HeldResource[] {
  const newest = new Map<string, HeldResource>();
  const dateOf = ({ content }: HeldResource): string => String(content['effectiveDateTime'] ?? '');
  for (const one of observations) {
    const code = JSON.stringify(one.content['code']);
    const known = newest.get(code);
    if (known === undefined || dateOf(known) < dateOf(one)) newest.set(code, one);
  }
  return [...newest.values()];
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
