import type { DataSource } from 'typeorm';
import { inAllTenants } from './tenant-fence.js';

/** For `/status`: what is open, and what waits for others. */
export function transferCounts(dataSource: DataSource): Promise<Record<string, number>> {
  return inAllTenants(dataSource, async (transaction) => {
    const [row] = await transaction.query<Record<string, number>>(
      `SELECT
         (SELECT count(*) FROM task WHERE status NOT IN ('completed', 'rejected', 'cancelled', 'failed')) AS "openTasks",
         (SELECT count(*) FROM delivery WHERE delivered_at IS NULL AND given_up_at IS NULL) AS "notificationsWaiting",
         (SELECT count(*) FROM delivery WHERE given_up_at IS NOT NULL) AS "notificationsGivenUp",
         (SELECT count(*) FROM inbox_item) AS inbox,
         (SELECT count(*) FROM inbox_item WHERE pull_state = 'waiting') AS "pullsWaiting",
         (SELECT count(*) FROM inbox_item WHERE pull_state = 'failed') AS "pullsFailed",
         (SELECT count(*) FROM joint_record) AS "jointRecords"`,
    );
    return { ...row };
  });
}
