import type { Transaction } from '@samenhang/event-log';
import pg from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import { PreparedStatements } from './prepared-statements.js';

/** A transaction of the event log's port that also gives TypeORM users their EntityManager. */
export interface ManagedTransaction extends Transaction {
  readonly manager: EntityManager;
}

/** A transaction whose last statements need not be waited for before it is committed. */
export interface ClosingTransaction extends Transaction {
  /**
   * Sends COMMIT right behind the statements of `writes`, one round trip less; resolves when all of it is done. The server
   * commits nothing when one of them fails. Each write sends one statement, before its call returns; nothing may follow.
   */
  commitBehind(writes: () => readonly Promise<unknown>[]): Promise<void>;
  /** The same for what only reads: COMMIT goes right behind what `reads` sends before it first waits, and nothing may follow. */
  endBehind<T>(reads: () => Promise<T>): Promise<T>;
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
  work: (transaction: ClosingTransaction) => Promise<T>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    const connection = (await runner.connect()) as pg.PoolClient;
    sendTogether(connection);
    // One text, so that no statement is ever outside: a setting that is refused leaves the transaction failed.
    const opened = connection.query(
      ['START TRANSACTION', ...Object.entries(settings).map(toSetting)].join('; '),
    );
    // Told below; work may fail for another reason first.
    opened.catch(() => {});
    const transaction = new PipelinedTransaction(connection);
    try {
      const result = await work(transaction);
      await opened;
      await transaction.commit();
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

class PipelinedTransaction implements ClosingTransaction {
  readonly #send: Transaction['query'];
  #sent = 0;
  #committed: Promise<void> | undefined;

  constructor(private readonly connection: pg.PoolClient) {
    this.#send = preparing(connection);
  }

  // A property, so that work may take it out of the transaction.
  readonly query = <Row>(sql: string, parameters?: unknown[]): Promise<Row[]> => {
    if (this.#committed !== undefined) return Promise.reject(new Error('The transaction is over'));
    this.#sent += 1;
    return this.#send<Row>(sql, parameters);
  };

  async commitBehind(writes: () => readonly Promise<unknown>[]): Promise<void> {
    const before = this.#sent;
    const writing = writes();
    // A write that has failed before it sent anything must be known before the others are committed.
    if (this.#sent - before !== writing.length) await Promise.all(writing);
    await Promise.all([...writing, this.commit()]);
  }

  async endBehind<T>(reads: () => Promise<T>): Promise<T> {
    const reading = reads();
    const ended = this.commit();
    // Told after the fault of a statement, which is why it failed.
    ended.catch(() => {});
    const result = await reading;
    await ended;
    return result;
  }

  /** Once. */
  commit(): Promise<void> {
    this.#committed ??= this.#commit();
    return this.#committed;
  }

  async #commit(): Promise<void> {
    sendTogether(this.connection);
    const { command } = await this.connection.query('COMMIT');
    // So the server answers when a statement before it has failed.
    if (command !== 'COMMIT') throw new Error('The transaction was rolled back');
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
    sendTogether(connection);
    const result = await connection.query(statements.configure(sql, parameters));
    return result.rows as Row[];
  };
}

/** What is sent in one turn leaves in one packet: a system call for each statement costs as much as running many of them. */
function sendTogether({ connection: { stream } }: pg.PoolClient): void {
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

function toSetting([name, value]: [string, string]): string {
  const parts = name.split('.').map((part) => pg.escapeIdentifier(part));
  return `SET LOCAL ${parts.join('.')} = ${pg.escapeLiteral(value)}`;
}
