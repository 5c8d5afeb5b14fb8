import type { EventType } from '@samenhang/data-model';
import type { Place, Transaction } from '@samenhang/event-log';
import { readRows, type EventLogDatabase } from './event-log-database.js';

export async function openProgress(
  database: EventLogDatabase,
  group: string,
  type: EventType,
): Promise<Place> {
  await database.runInTransaction((transaction) =>
    transaction.query(
      'INSERT INTO event_log.progress (consumer_group, type) VALUES ($1, $2) ON CONFLICT (consumer_group, type) DO NOTHING',
      [group, type],
    ),
  );
  const place = await database.runInTransaction((transaction) => readProgress(transaction, group, type));
  if (place === undefined) throw new Error(`The progress of ${group} on ${type} has gone`);
  return place;
}

export async function readProgress(
  transaction: Transaction,
  group: string,
  type: EventType,
): Promise<Place | undefined> {
  const [row] = await transaction.query<Place>(
    'SELECT tx::text AS tx, position::text AS position FROM event_log.progress WHERE consumer_group = $1 AND type = $2',
    [group, type],
  );
  return row;
}

export async function moveProgress(
  transaction: Transaction,
  group: string,
  type: EventType,
  place: Place,
): Promise<void> {
  await transaction.query(
    'UPDATE event_log.progress SET tx = $3::bigint, position = $4::bigint, updated_at = now() WHERE consumer_group = $1 AND type = $2',
    [group, type, place.tx, place.position],
  );
}

/** How many events a consumer has yet to deal with, settled or not; counting stops where nobody cares any more. */
export async function countWaiting(
  database: EventLogDatabase,
  group: string,
  type: EventType,
): Promise<number> {
  const [row] = await readRows<{ waiting: number }>(
    database,
    `SELECT count(*)::integer AS waiting FROM (
       SELECT 1 FROM event_log.event
       WHERE type = $2 AND (tx, position) > (
         SELECT coalesce(max(tx), 0), coalesce(max(position), 0) FROM event_log.progress WHERE consumer_group = $1 AND type = $2)
       LIMIT 1000000) AS behind`,
    [group, type],
  );
  return row?.waiting ?? 0;
}
