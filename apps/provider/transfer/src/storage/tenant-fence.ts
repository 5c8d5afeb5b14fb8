import type { Ura } from '@samenhang/data-model';
import { inTransactionUnder, type ClosingTransaction } from '@samenhang/persistence';
import type { DataSource, QueryRunner } from 'typeorm';

/** The setting that row-level security compares the tenant of a row with. */
const FENCE = 'samenhang.tenant';

/** A transaction that may see the rows of one tenant only. */
export function inTenant<T>(
  dataSource: DataSource,
  tenant: Ura,
  work: (transaction: ClosingTransaction) => Promise<T>,
): Promise<T> {
  return inTransactionUnder(dataSource, { [FENCE]: tenant }, work);
}

/** For the workers, that do what is due for whichever tenant. */
export function inAllTenants<T>(
  dataSource: DataSource,
  work: (transaction: ClosingTransaction) => Promise<T>,
): Promise<T> {
  return inTransactionUnder(dataSource, { [FENCE]: '*' }, work);
}

/** Fences a table, for its owner as well. */
export async function fence(runner: QueryRunner, table: string): Promise<void> {
  const named = `current_setting('${FENCE}', true)`;
  await runner.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
  await runner.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
  await runner.query(`CREATE POLICY tenant_fence ON ${table} USING (tenant = ${named} OR ${named} = '*')`);
}
