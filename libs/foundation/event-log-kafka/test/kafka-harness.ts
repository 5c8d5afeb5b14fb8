import { randomUUID } from 'node:crypto';
import { KafkaEventLog } from '@samenhang/event-log-kafka';
import { migrateEventLog, poolDatabase } from '@samenhang/event-log-postgres';
import type { EventLogHarness, OpenLog } from '@samenhang/event-log/contract';
import { createTestDatabase } from '@samenhang/testing';
import pg from 'pg';
import { spawnSource } from '../../../../tools/testing/spawn-source.mjs';
import { requestBrokers } from './broker.js';

export const quickTiming = { sessionTimeoutMilliseconds: 6_000, fetchWaitMilliseconds: 100 };

export async function createKafkaHarness(): Promise<
  EventLogHarness & { brokers: string[]; prefix: string; url: string }
> {
  const brokers = await requestBrokers();
  const { url, drop } = await createTestDatabase();
  await migrateEventLog(url);
  const admin = new pg.Pool({ connectionString: url, max: 2 });
  admin.on('error', () => {});
  const prefix = `test-${randomUUID()}`;
  const opened = new Set<OpenLog>();
  const open = (producer: string): Promise<OpenLog> => {
    const pool = new pg.Pool({ connectionString: url, max: 10 });
    pool.on('error', () => {});
    const database = poolDatabase(pool);
    const log = new KafkaEventLog({
      ...database,
      producer,
      brokers,
      topics: { prefix, partitions: 2, replicationFactor: 1 },
      retry: { firstDelayMilliseconds: 10 },
      consumer: quickTiming,
    });
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
    brokers,
    prefix,
    url,
    open,
    query: async <Row>(sql: string, parameters?: unknown[]) =>
      (await admin.query(sql, parameters)).rows as Row[],
    spawnSlowConsumer: (group) =>
      spawnSource(new URL('slow-consumer.ts', import.meta.url), [url, group, brokers.join(','), prefix]),
    close: async () => {
      await Promise.all([...opened].map((handle) => handle.close()));
      await admin.end();
      await drop();
    },
  };
}
