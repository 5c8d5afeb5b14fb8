import type { FhirResource } from '@samenhang/data-model';
import { findTimeInterval } from '@samenhang/fhir-r4';
import { findRecordedType, type RecordedType } from './record-resources.js';
import { codeHash, tokenHashes } from './token-hash.js';

/** The searchable side of a resource: what its row holds beside the body. Times are ISO 8601, hashes bigint as text. */
export interface ResourceIndex {
  readonly effectiveFrom: string | null;
  readonly effectiveUntil: string | null;
  readonly codeHash: string | null;
  readonly tokens: readonly string[];
  /** `parameter=Type/id` of each reference that can be included. */
  readonly links: readonly string[];
}

const empty: ResourceIndex = {
  effectiveFrom: null,
  effectiveUntil: null,
  codeHash: null,
  tokens: [],
  links: [],
};

type JsonObject = Readonly<Record<string, unknown>>;
const REFERENCE = /^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/;

export function indexResource(resource: FhirResource): ResourceIndex {
  const recorded = findRecordedType(resource.resourceType);
  if (recorded === undefined) return empty;
  const tokens = new Set<string>();
  for (const { name, paths } of recorded.tokens) {
    for (const path of paths) for (const value of valuesAt(resource, path)) addTokens(tokens, name, value);
  }
  return {
    ...effectiveOf(resource, recorded),
    codeHash: codeOf(resource, recorded),
    tokens: [...tokens],
    links: linksOf(resource, recorded),
  };
}

function effectiveOf(
  resource: FhirResource,
  recorded: RecordedType,
): Pick<ResourceIndex, 'effectiveFrom' | 'effectiveUntil'> {
  for (const path of recorded.date?.paths ?? []) {
    const value = resource[path];
    if (typeof value === 'string') {
      const interval = findTimeInterval(value);
      if (interval !== undefined)
        return { effectiveFrom: toTime(interval.from), effectiveUntil: toTime(interval.until) };
    }
    if (!isObject(value)) continue;
    const start = typeof value['start'] === 'string' ? findTimeInterval(value['start']) : undefined;
    const end = typeof value['end'] === 'string' ? findTimeInterval(value['end']) : undefined;
    // A period without an end still goes on; one without a start always did.
    if (start !== undefined || end !== undefined) {
      return {
        effectiveFrom: start === undefined ? '-infinity' : toTime(start.from),
        effectiveUntil: end === undefined ? 'infinity' : toTime(end.until),
      };
    }
  }
  return { effectiveFrom: null, effectiveUntil: null };
}

function codeOf(resource: FhirResource, recorded: RecordedType): string | null {
  const concept = recorded.code === undefined ? undefined : resource[recorded.code];
  const coding =
    isObject(concept) && Array.isArray(concept['coding']) ? concept['coding'].find(isObject) : undefined;
  const code = textOf(coding?.['code']);
  return code === undefined ? null : codeHash(textOf(coding?.['system']), code);
}

function linksOf(resource: FhirResource, recorded: RecordedType): string[] {
  const links = recorded.links.flatMap(({ name, paths }) =>
    paths
      .flatMap((path) => valuesAt(resource, path))
      .flatMap((value) => {
        const reference = isObject(value) ? textOf(value['reference']) : undefined;
        return reference !== undefined && REFERENCE.test(reference) ? [`${name}=${reference}`] : [];
      }),
  );
  return [...new Set(links)];
}

function addTokens(tokens: Set<string>, name: string, value: unknown): void {
  if (typeof value === 'string') for (const token of tokenHashes(name, undefined, value)) tokens.add(token);
  if (!isObject(value)) return;
  const codings = Array.isArray(value['coding']) ? value['coding'].filter(isObject) : [value];
  for (const coding of codings) {
    for (const token of tokenHashes(name, textOf(coding['system']), textOf(coding['code'])))
      tokens.add(token);
  }
}

/** Values at a path, arrays flattened. */
function valuesAt(resource: JsonObject, path: string): unknown[] {
  let values: unknown[] = [resource];
  for (const part of path.split('.')) {
    values = values
      .flatMap((value) => (isObject(value) ? [value[part]] : []))
      .flat()
      .filter((value) => value !== undefined);
  }
  return values;
}

function toTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
