import type { Transaction } from '@samenhang/event-log';
import type { DataSource, EntityManager } from 'typeorm';

/** A transaction of the event log's port that also gives TypeORM users their EntityManager. */
export interface ManagedTransaction extends Transaction {
  readonly manager: EntityManager;
}

/** Runs `work` in one transaction: committed when it resolves, rolled back when it throws. */
export function inTransaction<T>(
  dataSource: DataSource,
  work: (transaction: ManagedTransaction) => Promise<T>,
): Promise<T> {
  return dataSource.transaction((manager) => work(managedTransaction(manager)));
}

function managedTransaction(manager: EntityManager): ManagedTransaction {
  return {
    manager,
    query: async <Row>(sql: string, parameters?: unknown[]): Promise<Row[]> => {
      const result: unknown = await manager.query(sql, parameters);
      return rowsOf<Row>(result);
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
