import { inTransaction } from '@samenhang/persistence';
import type { StatusCounts } from '@samenhang/service-kit';
import type { DataSource } from 'typeorm';
import { countOpen } from './quarantine/quarantine-store.js';

/** `received` follows from the counters of the sources: counting the messages themselves would take ever longer. */
export function createStatusCounts(dataSource: DataSource): StatusCounts {
  return () =>
    inTransaction(dataSource, async (transaction) => {
      const rows = await transaction.query<{ received: number; sources: number; pulled: number }>(
        `SELECT coalesce(sum(last_position), 0)::bigint AS received, count(*) FILTER (WHERE active) AS sources,
                (SELECT count(*) FROM pulled_resource) AS pulled FROM source`,
      );
      return {
        received: rows[0]?.received ?? 0,
        quarantined: await countOpen(transaction),
        sources: rows[0]?.sources ?? 0,
        pulledResources: rows[0]?.pulled ?? 0,
      };
    });
}
