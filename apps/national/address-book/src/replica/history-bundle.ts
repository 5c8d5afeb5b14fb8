import {
  findDirectoryType,
  type DirectoryResource,
  type DirectoryType,
} from '../directory/directory-types.js';

/** What a directory says of one of its resources at one moment. */
export interface DirectoryChange {
  readonly type: DirectoryType;
  readonly id: string;
  readonly version: number;
  readonly lastUpdated: Date;
  /** Undefined: it is gone (a tombstone). */
  readonly resource: DirectoryResource | undefined;
}

export interface HistoryPage {
  readonly changes: readonly DirectoryChange[];
  /** As given, never built: the server alone knows how it pages. */
  readonly next: string | undefined;
  /** The clock of the directory; ours says nothing about what it has. */
  readonly serverTime: Date | undefined;
  /** Entries that say nothing that can be used. */
  readonly unreadable: number;
}

interface EntryShape {
  readonly fullUrl?: unknown;
  readonly resource?: { readonly resourceType?: unknown; readonly id?: unknown; readonly meta?: MetaShape };
  readonly request?: { readonly method?: unknown; readonly url?: unknown };
  readonly response?: { readonly lastModified?: unknown; readonly etag?: unknown };
}
interface MetaShape {
  readonly lastUpdated?: unknown;
  readonly versionId?: unknown;
}

/** Type and id wherever a path ends in them, with or without `_history/{version}` behind (FHIR R4 http.html#history). */
const TYPE_AND_ID =
  /(?:^|\/)([A-Za-z]+)\/([A-Za-z0-9.-]{1,64})(?:\/_history(?:\/([A-Za-z0-9.-]{1,64}))?)?\/?(?:\?.*)?$/;
const EPOCH = new Date(0);

/** A page of a history or a search (ITI-91, ITI-90). @throws SyntaxError when it is neither */
export function readHistoryPage(bundle: unknown): HistoryPage {
  const { resourceType, entry = [], link = [], meta } = (bundle ?? {}) as Record<string, unknown>;
  if (resourceType !== 'Bundle' || !Array.isArray(entry) || !Array.isArray(link))
    throw new SyntaxError('The directory gave no Bundle');
  const changes = (entry as EntryShape[]).map(findChange);
  const next = (link as { relation?: unknown; url?: unknown }[]).find(({ relation }) => relation === 'next');
  return {
    changes: changes.filter((change) => change !== undefined),
    next: typeof next?.url === 'string' ? next.url : undefined,
    serverTime: readInstant((meta as MetaShape | undefined)?.lastUpdated),
    unreadable: changes.filter((change) => change === undefined).length,
  };
}

/**
 * Of each resource what was said last, by time and then version: neither the order of entries nor the number of pages
 * counts. A deletion that is undone later is none.
 */
export function newestOf(changes: Iterable<DirectoryChange>): Map<string, DirectoryChange> {
  const newest = new Map<string, DirectoryChange>();
  for (const change of changes) {
    const key = `${change.type}/${change.id}`;
    const known = newest.get(key);
    if (known === undefined || isNewer(change, known)) newest.set(key, change);
  }
  return newest;
}

export function isNewer(
  one: Pick<DirectoryChange, 'lastUpdated' | 'version'>,
  other: Pick<DirectoryChange, 'lastUpdated' | 'version'>,
): boolean {
  const difference = one.lastUpdated.getTime() - other.lastUpdated.getTime();
  return difference > 0 || (difference === 0 && one.version > other.version);
}

function findChange({ fullUrl, resource, request, response }: EntryShape): DirectoryChange | undefined {
  const isDeleted = request?.method === 'DELETE' && resource === undefined;
  if (isDeleted) {
    const [, type = '', id = '', version] = TYPE_AND_ID.exec(String(request.url)) ?? [];
    return toChange(type, id, version ?? response?.etag, response?.lastModified, undefined);
  }
  if (resource === undefined) return undefined;
  const [, , idOfUrl] = TYPE_AND_ID.exec(typeof fullUrl === 'string' ? fullUrl : '') ?? [];
  const id = typeof resource.id === 'string' ? resource.id : idOfUrl;
  if (id === undefined) return undefined;
  const content = { ...resource, id } as unknown as DirectoryResource;
  return toChange(
    String(resource.resourceType),
    id,
    resource.meta?.versionId,
    resource.meta?.lastUpdated,
    content,
  );
}

function toChange(
  typeName: string,
  id: string,
  version: unknown,
  lastUpdated: unknown,
  resource: DirectoryResource | undefined,
): DirectoryChange | undefined {
  const type = findDirectoryType(typeName);
  if (type === undefined || id === '') return undefined;
  const number = Number(/\d+/.exec(typeof version === 'string' ? version : '')?.[0] ?? 0);
  return { type, id, version: number, lastUpdated: readInstant(lastUpdated) ?? EPOCH, resource };
}

function readInstant(text: unknown): Date | undefined {
  const instant = typeof text === 'string' ? new Date(text) : undefined;
  return instant === undefined || Number.isNaN(instant.getTime()) ? undefined : instant;
}
