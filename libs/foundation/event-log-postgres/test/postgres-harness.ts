import type { EventLogHarness, OpenLog } from '@samenhang/event-log/contract';
import { migrateEventLog, poolDatabase, PostgresEventLog } from '@samenhang/event-log-postgres';
import { createTestDatabase } from '@samenhang/testing';
import pg from 'pg';
import { spawnSource } from '../../../../tools/testing/spawn-source.mjs';

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
