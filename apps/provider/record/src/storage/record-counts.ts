import { inTransaction } from '@samenhang/persistence';
import type { DataSource } from 'typeorm';

/** Figures over all tenants, for the service's status. */
export function recordCounts(dataSource: DataSource): Promise<Record<string, number>> {
  return inTransaction(dataSource, async (transaction) => {
    await transaction.query(`SELECT set_config('samenhang.tenant', '*', true)`);
    const [counts] = await transaction.query<{ resources: number; patients: number }>(
      `SELECT (SELECT count(*) FROM resource WHERE NOT deleted) AS resources,
         (SELECT count(DISTINCT (tenant, coalesce(bsn_key, root::text))) FROM patient) AS patients`,
    );
    return { resources: counts?.resources ?? 0, patients: counts?.patients ?? 0 };
  });
}
