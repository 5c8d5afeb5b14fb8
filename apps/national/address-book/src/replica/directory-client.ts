import { setTimeout as delay } from 'node:timers/promises';
import type { DirectoryType } from '../directory/directory-types.js';
import { readHistoryPage, type DirectoryChange } from './history-bundle.js';

export type DirectoryFetch = (url: string, signal: AbortSignal) => Promise<Response>;

export interface DirectoryClientOptions {
  /** Base URL of the FHIR API, without trailing slash. */
  readonly base: string;
  readonly fetch: DirectoryFetch;
  readonly pageSize: number;
  readonly maximumBytes?: number;
  /** Attempts of one page. */
  readonly attempts?: number;
  readonly signal?: AbortSignal;
}

/** What was read of one type: all pages, or nothing. */
export interface Reading {
  readonly changes: readonly DirectoryChange[];
  readonly serverTime: Date;
  readonly pages: number;
  readonly unreadable: number;
}

const TIMEOUT_MS = 30_000;
const MAXIMUM_BYTES = 32 * 1024 * 1024;
const ATTEMPTS = 5;
const LONGEST_WAIT_SECONDS = 120;
const FIRST_WAIT_SECONDS = 1;
/** A clock that is read from the `Date` header may be behind the data by what the header leaves out. */
const HEADER_MARGIN_MS = 2_000;

/** Reads a directory page by page, as slowly as it asks. Failures leave nothing behind: whoever reads again starts anew. */
export class DirectoryClient {
  constructor(private readonly options: DirectoryClientOptions) {}

  /** ITI-91 with a moment, else everything there is (ITI-90). */
  async read(type: DirectoryType, since: Date | undefined): Promise<Reading> {
    const { base, pageSize } = this.options;
    const query = new URLSearchParams({ _count: String(pageSize) });
    if (since !== undefined) query.set('_since', since.toISOString());
    let next: string | undefined =
      `${base}/${type}${since === undefined ? '' : '/_history'}?${query.toString()}`;
    const changes: DirectoryChange[] = [];
    const visited = new Set<string>();
    let serverTime: Date | undefined;
    let unreadable = 0;
    while (next !== undefined) {
      if (visited.has(next)) throw new Error('The directory leads from page to page in a circle');
      visited.add(next);
      const { page, date } = await this.#page(next);
      for (const change of page.changes) changes.push(change);
      unreadable += page.unreadable;
      serverTime ??= page.serverTime ?? date;
      next = page.next === undefined ? undefined : this.#sameOrigin(page.next);
    }
    return { changes, serverTime: serverTime ?? new Date(0), pages: visited.size, unreadable };
  }

  /** A token must not follow a link to somebody else's server. */
  #sameOrigin(link: string): string {
    const url = new URL(link, `${this.options.base}/`);
    if (url.origin !== new URL(this.options.base).origin)
      throw new Error('The next page of the directory is on another server');
    return url.href;
  }

  async #page(url: string): Promise<{ page: ReturnType<typeof readHistoryPage>; date: Date | undefined }> {
    const { fetch, attempts = ATTEMPTS, maximumBytes = MAXIMUM_BYTES, signal } = this.options;
    for (let attempt = 1; ; attempt += 1) {
      signal?.throwIfAborted();
      const timeout = AbortSignal.timeout(TIMEOUT_MS);
      const limits = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
      const outcome = await fetch(url, limits).catch((error: unknown) => asError(error));
      if (!(outcome instanceof Error) && outcome.ok) {
        const text = await readLimited(outcome, maximumBytes);
        return { page: readHistoryPage(JSON.parse(text)), date: dateOf(outcome) };
      }
      if (!(outcome instanceof Error)) await outcome.body?.cancel();
      if (attempt >= attempts || !isWorthAnotherTry(outcome)) throw toError(outcome);
      await delay(waitSeconds(outcome, attempt) * 1_000, undefined, signal === undefined ? {} : { signal });
    }
  }
}

function isWorthAnotherTry(outcome: Response | Error): boolean {
  return outcome instanceof Error || outcome.status === 429 || outcome.status >= 500;
}

/** What the directory asks for counts before what would be polite. */
function waitSeconds(outcome: Response | Error, attempt: number): number {
  const asked =
    outcome instanceof Error ? Number.NaN : Number(outcome.headers.get('retry-after') ?? Number.NaN);
  const wanted = Number.isFinite(asked) && asked >= 0 ? asked : FIRST_WAIT_SECONDS * 2 ** (attempt - 1);
  if (wanted > LONGEST_WAIT_SECONDS)
    throw new Error('The directory asks to wait longer than one run may last');
  return wanted;
}

function toError(outcome: Response | Error): Error {
  return outcome instanceof Error
    ? outcome
    : new Error(`The directory answers with status ${outcome.status}`);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('The directory cannot be reached', { cause: error });
}

function dateOf(response: Response): Date | undefined {
  const instant = Date.parse(response.headers.get('date') ?? '');
  return Number.isNaN(instant) ? undefined : new Date(instant - HEADER_MARGIN_MS);
}

async function readLimited(response: Response, maximumBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += (chunk as Uint8Array).byteLength;
    if (size > maximumBytes) throw new Error('A page of the directory is too large');
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks).toString('utf8');
}
