import type { DisclosureLimits } from '@samenhang/consent';
import type { Transaction } from '@samenhang/event-log';
import type { Ura } from '@samenhang/data-model';
import { inTransactionUnder, type ClosingTransaction } from '@samenhang/persistence';
import type { DataSource } from 'typeorm';

/** The setting that row-level security compares the tenant of a row with. */
const FENCE = 'samenhang.tenant';

/**
 * Every row is reached by a key or by its patient, whatever is asked: a plan that is kept is as good as one for the values at
 * hand, and planning a search costs more than running it.
 */
const keepPlans = { plan_cache_mode: 'force_generic_plan' };

/** A transaction that may see the rows of one tenant only; with limits, no more of the record than those disclose. */
export function inTenant<T>(
  dataSource: DataSource,
  tenant: Ura,
  work: (transaction: ClosingTransaction) => Promise<T>,
  limits?: DisclosureLimits,
): Promise<T> {
  return inTransactionUnder(dataSource, { ...keepPlans, [FENCE]: tenant, ...toSettings(limits) }, work);
}

/** As the policy `consent_fence` reads them. No name holds a comma: they are checked where consents come in. */
function toSettings(limits: DisclosureLimits | undefined): Record<string, string> {
  if (limits === undefined) return {};
  return {
    'samenhang.limited': limits.limited.join(','),
    'samenhang.opened': limits.opened.join(','),
    'samenhang.withheld': limits.withheld.join(','),
  };
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
