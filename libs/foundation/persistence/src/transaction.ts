import type { Transaction } from '@samenhang/event-log';
import pg from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import { PreparedStatements } from './prepared-statements.js';

/** A transaction of the event log's port that also gives TypeORM users their EntityManager. */
export interface ManagedTransaction extends Transaction {
  readonly manager: EntityManager;
}

/** The texts are those of this program, whichever of its databases they go to. */
const statements = new PreparedStatements();

/**
 * Runs `work` in one transaction: committed when it resolves, rolled back when it throws. Its statements are planned
 * each time: it serves writers and readers of tables that grow fast, where the plan for a small table soon is a bad one.
 */
export function inTransaction<T>(
  dataSource: DataSource,
  work: (transaction: ManagedTransaction) => Promise<T>,
): Promise<T> {
  return dataSource.transaction((manager) =>
    work({
      manager,
      query: async <Row>(sql: string, parameters?: unknown[]): Promise<Row[]> =>
        rowsOf<Row>(await manager.query(sql, parameters)),
    }),
  );
}

/**
 * A transaction for answering a caller, in plain SQL under settings that end with it, such as the tenant that row-level
 * security looks at. Its opening travels along with the first statement, and statements that are used often are kept
 * prepared. TypeORM does not know of it, so there is no EntityManager.
 */
export async function inTransactionUnder<T>(
  dataSource: DataSource,
  settings: Readonly<Record<string, string>>,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    const connection = (await runner.connect()) as pg.PoolClient;
    // One text, so that no statement is ever outside: a setting that is refused leaves the transaction failed.
    const opened = connection.query(
      ['START TRANSACTION', ...Object.entries(settings).map(toSetting)].join('; '),
    );
    // Told below; work may fail for another reason first.
    opened.catch(() => {});
    try {
      const result = await work({ query: preparing(connection) });
      await opened;
      await connection.query('COMMIT');
      return result;
    } catch (error) {
      // Where the connection is lost the server has rolled back by itself.
      await connection.query('ROLLBACK').catch(() => {});
      throw error;
    }
  } finally {
    await runner.release();
  }
}

/** The same where each statement is a transaction of its own: for work of one writing statement, at a third of the round trips. */
export function statementByStatement(dataSource: DataSource): Transaction {
  return {
    query: async <Row>(sql: string, parameters?: unknown[]): Promise<Row[]> => {
      const runner = dataSource.createQueryRunner();
      try {
        return await preparing((await runner.connect()) as pg.PoolClient)<Row>(sql, parameters);
      } finally {
        await runner.release();
      }
    },
  };
}

/** TypeORM answers UPDATE and DELETE with [rows, count] and everything else with rows. */
export function rowsOf<Row>(result: unknown): Row[] {
  if (!Array.isArray(result)) return [];
  if (result.length === 2 && Array.isArray(result[0]) && typeof result[1] === 'number')
    return result[0] as Row[];
  return result as Row[];
}

/** On the connection itself: TypeORM's own `query` knows no prepared statements. */
function preparing(connection: pg.PoolClient): Transaction['query'] {
  return async <Row>(sql: string, parameters?: unknown[]): Promise<Row[]> => {
    const result = await connection.query(statements.configure(sql, parameters));
    return result.rows as Row[];
  };
}

function toSetting([name, value]: [string, string]): string {
  return `SELECT set_config(${pg.escapeLiteral(name)}, ${pg.escapeLiteral(value)}, true)`;
}
