import { hashContent } from '../intake/content-hash.js';
import { isObject, type JsonObject } from '@samenhang/fhir-server';

/** A resource of the source as it is now, or that it is no more. */
export interface PulledEntry {
  readonly resourceType: string;
  readonly id: string;
  /** Undefined for a deletion. */
  readonly resource: JsonObject | undefined;
  readonly text: string;
  readonly contentHash: string;
  /** When the source says it changed. */
  readonly changedAt: string | undefined;
  /** One version of several, which may not be the latest; otherwise it is how things are now. */
  readonly isVersion: boolean;
}

/** What is kept of a deleted resource, so that an older version that is read later does not bring it back. */
const DELETED = hashContent('deleted');

/** The entries of a searchset or a history; of several versions of a resource the first, which is the newest. */
export function entriesOf(bundle: JsonObject): PulledEntry[] {
  const entries = Array.isArray(bundle['entry']) ? (bundle['entry'] as unknown[]) : [];
  const isVersion = bundle['type'] === 'history';
  const newest = new Map<string, PulledEntry>();
  for (const entry of entries) {
    const pulled = isObject(entry) ? toPulled(entry) : undefined;
    if (pulled === undefined) continue;
    const key = `${pulled.resourceType}/${pulled.id}`;
    if (!newest.has(key)) newest.set(key, { ...pulled, isVersion });
  }
  return [...newest.values()];
}

export function ofResource(resource: JsonObject): PulledEntry {
  const text = JSON.stringify(resource);
  const contentHash = hashContent(JSON.stringify(withoutVersion(resource)));
  const { id, meta } = resource;
  const lastUpdated = isObject(meta) ? meta['lastUpdated'] : undefined;
  return {
    resourceType: String(resource['resourceType']),
    // A server gives every resource an id; without one, its content has to do.
    id: typeof id === 'string' ? id : contentHash,
    resource,
    text,
    contentHash,
    changedAt: instant(lastUpdated),
    isVersion: false,
  };
}

/** `Observation/o1` (also with a version, or a server before it) is no more. */
export function ofDeletion(url: string, changedAt: unknown): PulledEntry | undefined {
  const [, resourceType, id] =
    /(?:^|\/)([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]{1,64})(?:\/_history\/[^/]+)?$/.exec(url) ?? [];
  if (resourceType === undefined || id === undefined) return undefined;
  const entry = { request: { method: 'DELETE', url: `${resourceType}/${id}` } };
  const text = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry: [entry] });
  return {
    resourceType,
    id,
    resource: undefined,
    text,
    contentHash: DELETED,
    changedAt: instant(changedAt),
    isVersion: false,
  };
}

/** The latest time of change; undefined when the source keeps none, and everything has to be read each time. */
export function latestChange(
  entries: readonly PulledEntry[],
  before: string | undefined,
): string | undefined {
  let latest = before;
  for (const { changedAt } of entries) {
    if (changedAt === undefined) continue;
    if (latest === undefined || Date.parse(changedAt) > Date.parse(latest)) latest = changedAt;
  }
  return latest;
}

function toPulled({ resource, search, request, response, fullUrl }: JsonObject): PulledEntry | undefined {
  if (isObject(search) && search['mode'] === 'outcome') return undefined;
  if (isObject(resource)) return ofResource(resource);
  if (!isObject(request) || request['method'] !== 'DELETE') return undefined;
  const url = typeof request['url'] === 'string' ? request['url'] : fullUrl;
  const changedAt = isObject(response) ? response['lastModified'] : undefined;
  return typeof url === 'string' ? ofDeletion(url, changedAt) : undefined;
}

function instant(value: unknown): string | undefined {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? value : undefined;
}

/** A server that only counts a new version of the same content has no news. */
function withoutVersion({ meta, ...content }: JsonObject): object {
  if (!isObject(meta)) return content;
  const { versionId: _versionId, lastUpdated: _lastUpdated, ...rest } = meta;
  return { ...content, meta: rest };
}
