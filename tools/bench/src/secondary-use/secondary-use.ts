import pg from 'pg';
import type { BenchmarkOptions, BenchmarkResult } from '../benchmarks.js';
import { measureExport } from './export.js';
import { measureInProcess } from './in-process.js';
import { fillStore, measurePushdown } from './pushdown.js';
import { measureParquet } from './parquet.js';
import { measurePathling } from './pathling.js';
import { loadReference, measureReference } from './reference.js';
import { views, type ViewName } from './views.js';
import { startOwnPostgres } from '../own-postgres.js';

const names = Object.keys(views) as ViewName[];

/** Views over resources, by both engines of @samenhang/sql-on-fhir and by others where they are there, and exports. */
export async function measureSecondaryUse(options: BenchmarkOptions): Promise<BenchmarkResult[]> {
  const wanted = (result: string) => options.only?.includes(result) ?? true;
  const results: BenchmarkResult[] = [];
  const seconds = Math.max(1, Math.round(options.seconds / 4));
  if (wanted('view-in-process')) for (const name of names) results.push(measureInProcess(name, seconds));
  if (options.againstReference !== undefined && wanted('reference')) {
    const engine = await loadReference(options.againstReference);
    for (const name of names) results.push(measureReference(engine, name, seconds));
  }
  if (wanted('parquet')) results.push(measureParquet(seconds));
  const resources = options.rows ?? 1_000_000;
  if (options.pathlingPython !== undefined && wanted('pathling'))
    results.push(...(await measurePathling(options.pathlingPython, resources)));
  if (!wanted('view-pushdown') && !wanted('export')) return results;
  await onPostgres(options.portBase + 30, async (client, keeping, pid) => {
    if (wanted('export')) results.push(await measureExport({ reading: client, keeping }, pid, resources));
    if (!wanted('view-pushdown')) return;
    for (const name of names) {
      await fillStore(client, name, resources);
      results.push(await measurePushdown(client, pid, name, resources));
    }
  });
  return results;
}

async function onPostgres(
  port: number,
  work: (client: pg.Client, other: pg.Client, pid: number) => Promise<void>,
): Promise<void> {
  const postgres = await startOwnPostgres(port);
  const [client, other] = [postgres.url, postgres.url].map(
    (connectionString) => new pg.Client({ connectionString }),
  ) as [pg.Client, pg.Client];
  try {
    await Promise.all([client.connect(), other.connect()]);
    await work(client, other, postgres.pid);
  } finally {
    await Promise.all([client.end(), other.end()]);
    await postgres.remove();
  }
}
