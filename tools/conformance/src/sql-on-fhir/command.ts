import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres } from '../../../postgres/postgres.mjs';
import type { Suite } from '../main.js';
import { closures, sqlEngine } from './engines.js';
import { runTests } from './run-tests.js';
import { readTestFiles } from './test-file.js';

/** Runs a folder of SQL on FHIR tests on both engines, the SQL one on a PostgreSQL of its own. */
export async function runSqlOnFhir(folder: string): Promise<Suite> {
  const files = readTestFiles(folder);
  if (files.length === 0) throw new Error(`no test files in ${folder}`);
  return withPostgres(async (client) => {
    const outcomes = await runTests(files, [closures, await sqlEngine(client)]);
    const failed = outcomes.filter(({ faults }) => faults.length > 0);
    return {
      failures: failed.flatMap(({ file, title, faults }) =>
        faults.map(({ engine, text }) => `${file}: ${title} (${engine}): ${text}`),
      ),
      passed: outcomes.length - failed.length,
      failed: failed.length,
    };
  });
}

async function withPostgres<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  // As root the database runs as `nobody`, who must be able to enter the folder.
  const folder = mkdtempSync(join('/var/tmp', 'samenhang-conformance-'));
  chmodSync(folder, 0o755);
  const postgres = await startPostgres({
    dataDirectory: join(folder, 'postgres'),
    port: await freePort(),
    settings: { fsync: 'off' },
  });
  const client = new pg.Client({ connectionString: postgres.url });
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
