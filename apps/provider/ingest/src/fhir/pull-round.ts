import { type FhirServer, SourceServerError } from '@samenhang/fhir-server';
import type { PullSettings } from './pull-settings.js';
import { entriesOf, latestChange, type PulledEntry } from './pulled-entries.js';
import type { Progress } from './pull-progress.js';

const DEFAULT_PAGE_SIZE = 200;
const DEFAULT_OVERLAP_SECONDS = 10;

/** Where a round of paging goes on: the next page, and the latest change seen before it. */
export interface PageRound {
  readonly next: string;
  readonly latest: string | undefined;
}

export interface PulledPage {
  readonly entries: readonly PulledEntry[];
  /** To save with the page: without a round, it was the last one. */
  readonly progress: Progress<PageRound>;
}

/** What is read in rounds: a resource type, or with a history of the whole system everything at once. */
export const WHOLE_SYSTEM = '_history';

/**
 * Reads what changed since the watermark, page by page, going on where a round broke off. The watermark moves with the
 * last page: a server need not honour `_sort`.
 */
export async function* pullPages(
  server: FhirServer,
  pull: PullSettings,
  unit: string,
  progress: Progress<PageRound>,
  stop: AbortSignal,
): AsyncGenerator<PulledPage> {
  const { watermark } = progress;
  let latest = progress.round?.latest ?? watermark;
  let url: string | undefined = progress.round?.next ?? firstPage(server, pull, unit, watermark);
  const visited = new Set<string>();
  let isResumed = progress.round !== undefined;
  while (url !== undefined) {
    if (visited.has(url)) throw new SourceServerError('The server sends its pages in a circle');
    visited.add(url);
    const bundle = await server.readBundle(url, stop).catch((error: unknown) => {
      if (isResumed && isGone(error)) return undefined;
      throw error;
    });
    isResumed = false;
    if (bundle === undefined) {
      // The server has forgotten the round; what was read of it before is recognised and is no news.
      latest = watermark;
      url = firstPage(server, pull, unit, watermark);
      continue;
    }
    const entries = entriesOf(bundle);
    latest = latestChange(entries, latest);
    url = server.findNext(bundle);
    const round = url === undefined ? undefined : { next: url, latest };
    yield { entries, progress: round === undefined ? { watermark: latest, round } : { watermark, round } };
  }
}

/** A page of an earlier round that a server no longer has: gone, unknown, or not understood. */
function isGone(error: unknown): boolean {
  return error instanceof SourceServerError && [400, 404, 410, 422].includes(error.status ?? 0);
}

function firstPage(
  server: FhirServer,
  pull: PullSettings,
  unit: string,
  watermark: string | undefined,
): string {
  const count = { _count: String(pull.pageSize ?? DEFAULT_PAGE_SIZE) };
  const since = lookBack(watermark, pull);
  if (pull.mode === 'history') {
    const path = unit === WHOLE_SYSTEM ? '_history' : `${unit}/_history`;
    return server.urlOf(path, { ...(since !== undefined && { _since: since }), ...count });
  }
  const changed: Record<string, string> = since === undefined ? {} : { _lastUpdated: `ge${since}` };
  return server.urlOf(unit, { ...changed, ...count, _sort: '_lastUpdated' });
}

/** Transactions of the source may become visible later than the time they carry, and clocks of its machines differ. */
export function lookBack(watermark: string | undefined, pull: PullSettings): string | undefined {
  if (watermark === undefined) return undefined;
  const overlap = (pull.overlapSeconds ?? DEFAULT_OVERLAP_SECONDS) * 1000;
  return new Date(Date.parse(watermark) - overlap).toISOString();
}
