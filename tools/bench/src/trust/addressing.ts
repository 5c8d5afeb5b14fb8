import { randomInt } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identifierSystems } from '@samenhang/data-model';
import { migrateEventLog } from '@samenhang/event-log-postgres';
import { AccessTokens, authorisedFetch, createClientKey } from '@samenhang/identity';
import { TokenIssuer } from '@samenhang/testing';
import pg from 'pg';
import type { BenchmarkOptions, BenchmarkResult } from '../benchmarks.js';
import type { Usage } from '../installation-under-test.js';
import { measure } from '../localisation/measure.js';
import { startOwnPostgres } from '../own-postgres.js';
import { cpuMsOf, memoryMbOf, processTree } from '../process-usage.js';
import { startServiceProcess, stopServiceProcess } from '../service-process.js';
import { rounded } from '../statistics.js';
import { LargeDirectory, uraOf } from './large-directory.js';

/** About what the national directory holds. */
const ORGANISATIONS = 25_000;
const LOOKUPS = 2_000;
const WARM_UP = 200;
const CONCURRENCY = 8;
const DEADLINE_MS = 300_000;

interface AddressBook {
  readonly url: string;
  readonly issuer: TokenIssuer;
  readonly pid: number;
  usage(): Usage;
  query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]>;
}

interface Progress extends pg.QueryResultRow {
  readonly at: Date | null;
  readonly watermark: string | null;
  /** Inserts, updates and deletions of resources, their versions and what is known of them. */
  readonly writes: number;
}

/** The copy of a directory of national size, and what it serves. */
export async function measureAddressing(options: BenchmarkOptions): Promise<BenchmarkResult[]> {
  const directory = new LargeDirectory(ORGANISATIONS);
  const base = await directory.start();
  try {
    return await withAddressBook(options.portBase, base, async (book) => [
      await measureSync(book),
      await measureLookups(book),
    ]);
  } finally {
    directory.close();
  }
}

/** From the start of the service to a copy that is served, and then another look that finds nothing new. */
async function measureSync(book: AddressBook): Promise<BenchmarkResult> {
  const startedAt = performance.now();
  let peakMb = 0;
  const until = async (isReached: (progress: Progress) => boolean): Promise<Progress> => {
    for (const end = Date.now() + DEADLINE_MS; Date.now() < end; await delay(50)) {
      peakMb = Math.max(peakMb, memoryMbOf([book.pid]).rss);
      const progress = await progressOf(book);
      if (isReached(progress)) return progress;
    }
    throw new Error('The directory was not read in time');
  };
  const first = await until(({ at }) => at !== null);
  const seconds = (performance.now() - startedAt) / 1_000;
  const used = book.usage();
  // Statistics of a table are told with a delay.
  await delay(2_000);
  const settled = await progressOf(book);
  await until(({ at }) => at !== null && first.at !== null && at > first.at);
  await delay(2_000);
  const second = await progressOf(book);
  const resources = 2 * ORGANISATIONS;
  return {
    name: 'directory-sync',
    organisations: ORGANISATIONS,
    resources,
    seconds: rounded(seconds),
    perSecond: rounded(resources / seconds, 0),
    peakRssMb: peakMb,
    cpuMs: { app: rounded(used.appMs / resources, 3), database: rounded(used.databaseMs / resources, 3) },
    firstRunWrites: settled.writes,
    secondRunWrites: second.writes - settled.writes,
  };
}

async function progressOf(book: AddressBook): Promise<Progress> {
  const [progress] = await book.query<Progress>(
    `SELECT (SELECT synchronised_at FROM directory) AS at, (SELECT watermark FROM directory) AS watermark,
            (SELECT sum(n_tup_ins + n_tup_upd + n_tup_del)::int FROM pg_stat_user_tables
              WHERE schemaname = 'address_book' AND relname IN ('resource', 'resource_version', 'directory_entry')) AS writes`,
  );
  if (progress === undefined) throw new Error('The address book has no tables');
  return progress;
}

/** As the query API asks: an active care provider by URA, with its endpoints. */
async function measureLookups(book: AddressBook): Promise<BenchmarkResult> {
  const tokens = new AccessTokens({
    issuer: book.issuer.url,
    clientId: 'bench',
    clientKey: await createClientKey(),
  });
  const token = await tokens.clientCredentials({ audience: book.url, scope: 'lrza:read' });
  const lookUp = async (): Promise<void> => {
    const query = new URLSearchParams({
      identifier: `${identifierSystems.ura}|${uraOf(randomInt(ORGANISATIONS))}`,
      active: 'true',
      _include: 'Organization:endpoint',
    });
    const response = await authorisedFetch(token, `${book.url}/fhir/Organization?${query.toString()}`);
    const { entry = [] } = (await response.json()) as { entry?: unknown[] };
    if (entry.length !== 2) throw new Error(`The look-up found ${entry.length} resources`);
  };
  for (let done = 0; done < WARM_UP; done += 1) await lookUp();
  const requests = Array.from({ length: LOOKUPS }, () => lookUp);
  return { name: 'endpoint-lookup', ...(await measure(requests, CONCURRENCY, () => book.usage())) };
}

async function withAddressBook<T>(
  portBase: number,
  source: string,
  work: (book: AddressBook) => Promise<T>,
): Promise<T> {
  const postgres = await startOwnPostgres(portBase + 30);
  const { directory } = postgres;
  const issuer = await TokenIssuer.start('bench');
  const database = new pg.Client({
    connectionString: postgres.url,
    options: '-c search_path=address_book',
  });
  try {
    await migrateEventLog(postgres.url);
    await database.connect();
    const secrets = join(directory, 'secrets');
    mkdirSync(secrets);
    writeFileSync(join(secrets, 'client-address-book.json'), JSON.stringify(await createClientKey()));
    const url = `http://127.0.0.1:${portBase + 2}`;
    const child = await startServiceProcess('apps/national/address-book/dist/main.js', url, {
      DATABASE_URL: postgres.url,
      SECRETS_DIR: secrets,
      AUTHORISATION_SERVER_URL: issuer.url,
      PORT: String(portBase + 2),
      LOG_LEVEL: 'error',
      NODE_ENV: 'production',
      DIRECTORY_SOURCES: `central=${source}`,
      DIRECTORY_INTERVAL_SECONDS: '5',
      DIRECTORY_INSECURE: 'true',
    });
    const pid = child.pid ?? 0;
    try {
      return await work({
        url,
        issuer,
        pid,
        usage: () => ({
          appMs: cpuMsOf(processTree(pid)),
          databaseMs: cpuMsOf(processTree(postgres.pid)),
        }),
        query: async <Row extends pg.QueryResultRow>(sql: string) => (await database.query<Row>(sql)).rows,
      });
    } finally {
      await stopServiceProcess(child);
    }
  } finally {
    await database.end();
    await issuer.close();
    await postgres.remove();
  }
}
