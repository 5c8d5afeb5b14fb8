import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { EventLogHarness, OpenLog } from '@samenhang/event-log/contract';
import { migrateEventLog, poolDatabase, PostgresEventLog } from '@samenhang/event-log-postgres';
import { createTestDatabase } from '@samenhang/testing';
import pg from 'pg';

export async function createPostgresHarness(): Promise<EventLogHarness> {
  const { url, drop } = await createTestDatabase();
  await migrateEventLog(url);
  const admin = new pg.Pool({ connectionString: url, max: 2 });
  admin.on('error', () => {});
  const opened = new Set<OpenLog>();
  const open = (producer: string): Promise<OpenLog> => {
    const pool = new pg.Pool({ connectionString: url, max: 10 });
    pool.on('error', () => {});
    const database = poolDatabase(pool);
    const log = new PostgresEventLog({ ...database, producer, retry: { firstDelayMilliseconds: 10 } });
    const handle: OpenLog = {
      log,
      runInTransaction: database.runInTransaction,
      close: async () => {
        if (!opened.delete(handle)) return;
        await log.stop();
        await pool.end();
      },
    };
    opened.add(handle);
    return Promise.resolve(handle);
  };
  return {
    open,
    query: async <Row>(sql: string, parameters?: unknown[]) =>
      (await admin.query(sql, parameters)).rows as Row[],
    spawnSlowConsumer: (group) => spawnSource(new URL('slow-consumer.ts', import.meta.url), [url, group]),
    close: async () => {
      await Promise.all([...opened].map((handle) => handle.close()));
      await admin.end();
      await drop();
    },
  };
}

/** Runs a TypeScript source of the workspace as a process of its own. */
function spawnSource(source: URL, parameters: readonly string[]): ReturnType<typeof spawn> {
  const root = new URL('../../../../', import.meta.url);
  const hook = new URL('tools/testing/run-source.mjs', root).href;
  const node = fileURLToPath(new URL('node_modules/.bin/node', root));
  return spawn(
    node,
    [
      '--conditions=@samenhang/source',
      '--experimental-transform-types',
      '--no-warnings',
      '--import',
      hook,
      fileURLToPath(source),
      ...parameters,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
}
