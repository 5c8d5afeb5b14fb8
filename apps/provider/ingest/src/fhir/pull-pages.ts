import { Client, type FhirResource } from 'fhir-kit-client';
import { isObject, type JsonObject } from './patient-of-resource.js';
import type { PullSettings } from '../sources/source-declaration.js';

const REQUEST_TIMEOUT_MS = 30_000;
const DEFAULT_PAGE_SIZE = 200;
/** Transactions of the source may become visible later than the time they carry: look back a little each time. */
const OVERLAP_MS = 10_000;

export interface PulledPage {
  readonly resources: readonly JsonObject[];
  readonly isLast: boolean;
}

type LinkedBundle = FhirResource & { link: { relation: string; url: string }[] };

/** Reads all resources of a type that changed since the watermark, page by page. */
export async function* pullPages(
  pull: PullSettings,
  resourceType: string,
  watermark: string | undefined,
  stop: AbortSignal,
): AsyncGenerator<PulledPage> {
  const client = new Client({ baseUrl: pull.baseUrl });
  const request = (): { options: { signal: AbortSignal } } => ({
    options: { signal: AbortSignal.any([stop, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]) },
  });
  const searchParams = {
    ...since(watermark),
    _count: pull.pageSize ?? DEFAULT_PAGE_SIZE,
    _sort: '_lastUpdated',
  };
  let bundle: FhirResource | undefined = await client.search({ resourceType, searchParams, ...request() });
  const visited = new Set<string>();
  while (bundle !== undefined) {
    assertSearchset(bundle);
    const next = nextLink(bundle, pull.baseUrl);
    if (next !== undefined && visited.has(next)) throw new Error('The source sends its pages in a circle');
    if (next !== undefined) visited.add(next);
    yield { resources: resourcesOf(bundle), isLast: next === undefined };
    bundle =
      next === undefined
        ? undefined
        : await client.nextPage({ bundle: bundle as LinkedBundle, ...request() });
  }
}

/** The latest `meta.lastUpdated`; undefined when the source keeps none, and everything has to be read each time. */
export function latestUpdate(
  resources: readonly JsonObject[],
  before: string | undefined,
): string | undefined {
  let latest = before;
  for (const { meta } of resources) {
    const lastUpdated = isObject(meta) ? meta['lastUpdated'] : undefined;
    if (typeof lastUpdated !== 'string' || Number.isNaN(Date.parse(lastUpdated))) continue;
    if (latest === undefined || Date.parse(lastUpdated) > Date.parse(latest)) latest = lastUpdated;
  }
  return latest;
}

function since(watermark: string | undefined): { _lastUpdated?: string } {
  if (watermark === undefined) return {};
  return { _lastUpdated: `ge${new Date(Date.parse(watermark) - OVERLAP_MS).toISOString()}` };
}

function assertSearchset(bundle: FhirResource): void {
  if (bundle.resourceType !== 'Bundle') throw new Error('The source did not answer a search with a Bundle');
}

/** A page elsewhere is not followed: patient data comes from the declared server and from nowhere else. */
function nextLink(bundle: FhirResource, baseUrl: string): string | undefined {
  const links = Array.isArray(bundle['link']) ? (bundle['link'] as unknown[]) : [];
  const next = links.filter(isObject).find(({ relation }) => relation === 'next')?.['url'];
  if (typeof next !== 'string') return undefined;
  if (new URL(next, baseUrl).origin !== new URL(baseUrl).origin)
    throw new Error('The next page is on another server');
  return next;
}

function resourcesOf(bundle: FhirResource): JsonObject[] {
  const entries = Array.isArray(bundle['entry']) ? (bundle['entry'] as unknown[]) : [];
  return entries.filter(isObject).flatMap(({ resource, search }) => {
    const isOutcome = isObject(search) && search['mode'] === 'outcome';
    return isObject(resource) && !isOutcome ? [resource] : [];
  });
}
