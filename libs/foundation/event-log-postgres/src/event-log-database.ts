import type { Transaction } from '@samenhang/event-log';
import type { Pool, PoolClient } from 'pg';

/** How the log reaches the service's database: whatever opens its transactions also opens the log's. */
export interface EventLogDatabase {
  /** Commits when `work` resolves, rolls back when it throws. READ COMMITTED, as the horizon of the log expects. */
  runInTransaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** One statement outside a transaction; without it reads open a transaction of their own. */
  query?<Row>(sql: string, parameters?: unknown[]): Promise<Row[]>;
}

export function readRows<Row>(
  database: EventLogDatabase,
  sql: string,
  parameters: unknown[] = [],
): Promise<Row[]> {
  return database.query === undefined
    ? database.runInTransaction((transaction) => transaction.query<Row>(sql, parameters))
    : database.query<Row>(sql, parameters);
}

/** For processes without TypeORM: the same on a plain pool. */
export function poolDatabase(pool: Pool): EventLogDatabase {
  // A connection may report its loss when it is in nobody's hands any more; unheard that would end the process.
  pool.on('connect', (client) => client.on('error', () => {}));
  return {
    query: async <Row>(sql: string, parameters?: unknown[]) =>
      (await pool.query(sql, parameters)).rows as Row[],
    runInTransaction: async (work) => {
      const client = await pool.connect();
      let broken: Error | undefined;
      // Lost between two statements: the pool must not hand it out again.
      const onError = (error: Error): void => void (broken = error);
      client.on('error', onError);
      try {
        await client.query('BEGIN');
        const result = await work(transactionOf(client));
        await client.query('COMMIT');
        return result;
      } catch (error) {
        await client.query('ROLLBACK').catch((rollbackError: Error) => (broken = rollbackError));
        throw error;
      } finally {
        client.off('error', onError);
        client.release(broken);
      }
    },
  };
}

function transactionOf(client: PoolClient): Transaction {
  return {
    query: async <Row>(sql: string, parameters?: unknown[]) =>
      (await client.query(sql, parameters)).rows as Row[],
  };
}
