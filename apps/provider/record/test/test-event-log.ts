import type { NewEvent } from '@samenhang/data-model';
import { migrateEventLog, PostgresEventLog } from '@samenhang/event-log-postgres';
import { createDataSource, inTransaction, rowsOf } from '@samenhang/persistence';
import { pino } from 'pino';

/** A publisher on the real log, as the service before this one would be. */
export interface TestEventLog {
  publish(...events: NewEvent[]): Promise<void>;
  /** Payloads of all events of a type so far. */
  payloads<T>(type: string): Promise<T[]>;
  close(): Promise<void>;
}

export async function createEventLogForTest(url: string): Promise<TestEventLog> {
  await migrateEventLog(url);
  const dataSource = await createDataSource({ url, schema: 'normalise', migrations: [] });
  const log = new PostgresEventLog({
    producer: 'normalise',
    logger: pino({ level: 'silent' }),
    runInTransaction: (work) => inTransaction(dataSource, work),
    query: async <Row>(sql: string, parameters?: unknown[]) =>
      rowsOf<Row>(await dataSource.query(sql, parameters)),
  });
  return {
    publish: (...events) => inTransaction(dataSource, (transaction) => log.publish(transaction, events)),
    payloads: async <T>(type: string) => {
      const rows = rowsOf<{ payload: string }>(
        await dataSource.query('SELECT payload FROM event_log.event WHERE type = $1 ORDER BY occurred_at', [
          type,
        ]),
      );
      return rows.map(({ payload }) => (typeof payload === 'string' ? JSON.parse(payload) : payload) as T);
    },
    close: () => dataSource.destroy(),
  };
}
