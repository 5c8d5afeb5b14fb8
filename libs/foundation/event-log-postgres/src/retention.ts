import { TRY_TASK_LOCK, retentionLock } from './consumer-locks.js';
import type { EventLogDatabase } from './event-log-database.js';

export interface RetentionPolicy {
  /** Events stay at least this long after they happened, also when every consumer is past them. */
  readonly minimumAgeSeconds: number;
  readonly everyMilliseconds: number;
  /** Rows per transaction: small, so that publishers never wait for it. */
  readonly batch: number;
}

export const defaultRetention: RetentionPolicy = {
  minimumAgeSeconds: 10,
  everyMilliseconds: 5_000,
  batch: 2_000,
};

/** Events of a type that nobody has ever consumed stay: a consumer may still come. */
const PRUNE = `
  DELETE FROM event_log.event AS event
  USING (
    SELECT e.type, e.tx, e.position
    FROM (SELECT DISTINCT ON (type) type, tx, position FROM event_log.progress ORDER BY type, tx, position) AS slowest
    CROSS JOIN LATERAL event_log.read_after(slowest.type, 0, 0, $2::integer, 9223372036854775807) AS e
    WHERE (e.tx, e.position) <= (slowest.tx, slowest.position) AND e.occurred_at < now() - make_interval(secs => $1)
  ) AS done
  WHERE event.type = done.type AND event.tx = done.tx AND event.position = done.position
  RETURNING 1 AS pruned
`;

/** Removes a batch of events that every consumer is past. Resolves to whether there may be more. */
export function pruneEvents(database: EventLogDatabase, policy: RetentionPolicy): Promise<boolean> {
  return database.runInTransaction(async (transaction) => {
    const [lock] = await transaction.query<{ locked: boolean }>(TRY_TASK_LOCK, [retentionLock]);
    if (lock?.locked !== true) return false;
    const pruned = await transaction.query<{ pruned: number }>(
      `WITH gone AS (${PRUNE}) SELECT count(*)::integer AS pruned FROM gone`,
      [policy.minimumAgeSeconds, policy.batch],
    );
    return (pruned[0]?.pruned ?? 0) >= policy.batch;
  });
}
