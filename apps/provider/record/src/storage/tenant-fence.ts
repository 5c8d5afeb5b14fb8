import type { Transaction } from '@samenhang/event-log';
import type { Ura } from '@samenhang/data-model';

/** Names the tenant whose rows this transaction may see (row-level security). Ends with the transaction. */
export async function enterTenant(transaction: Transaction, tenant: Ura): Promise<void> {
  await transaction.query(`SELECT set_config('samenhang.tenant', $1, true)`, [tenant]);
}

/**
 * For the consumer: all tenants, one writer per tenant at a time. Messages of different keys can concern one person
 * (a BSN that two sources know), so their effects on identity must not interleave. Locked in order: no deadlock.
 */
export async function enterTenantsToWrite(
  transaction: Transaction,
  tenants: readonly string[],
): Promise<void> {
  await transaction.query(
    `SELECT set_config('samenhang.tenant', '*', true), pg_advisory_xact_lock(hashtextextended('record ' || tenant, 0))
     FROM (SELECT tenant FROM unnest($1::text[]) AS t(tenant) ORDER BY tenant) AS locked`,
    [tenants],
  );
}
