import type { EventEnvelope, EventType } from '@samenhang/data-model';
import type { Delivery, ParkedEvent, ParkEntry, Transaction } from '@samenhang/event-log';
import { readRows, type EventLogDatabase } from './event-log-database.js';

/** Beyond this many parked keys of one consumer, only those of the chunk at hand are asked for. */
const KEYS_AT_ONCE = 500;

/** Keys of a consumer that have parked events; at least those among `keys`. Call it under the consumer's lock. */
export async function readParkedKeys(
  transaction: Transaction,
  group: string,
  type: EventType,
  keys: () => readonly string[],
): Promise<ReadonlySet<string>> {
  const some = await transaction.query<{ key: string }>(
    'SELECT DISTINCT key FROM event_log.parked WHERE consumer_group = $1 AND type = $2 LIMIT $3',
    [group, type, KEYS_AT_ONCE + 1],
  );
  if (some.length <= KEYS_AT_ONCE) return new Set(some.map((row) => row.key));
  const relevant = await transaction.query<{ key: string }>(
    'SELECT DISTINCT key FROM event_log.parked WHERE consumer_group = $1 AND type = $2 AND key = ANY($3)',
    [group, type, keys()],
  );
  return new Set(relevant.map((row) => row.key));
}

const INSERT = `
  INSERT INTO event_log.parked (consumer_group, type, key, tenant, event_id, version, occurred_at, traceparent, producer, tx, position,
                                payload, unreadable, reason, attempts)
  SELECT $1::text, $2::text, * FROM unnest($3::text[], $4::text[], $5::text[], $6::integer[], $7::text[], $8::text[], $9::text[], $10::bigint[],
                               $11::bigint[], $12::text[], $13::text[], $14::text[], $15::integer[])
`;

export async function insertParked(
  transaction: Transaction,
  group: string,
  type: EventType,
  entries: readonly ParkEntry[],
): Promise<void> {
  const column = <T>(value: (entry: ParkEntry) => T): T[] => entries.map(value);
  await transaction.query(INSERT, [
    group,
    type,
    column(({ delivery }) => delivery.event.key),
    column(({ delivery }) => delivery.event.tenant),
    column(({ delivery }) => delivery.event.id),
    column(({ delivery }) => delivery.event.version),
    column(({ delivery }) => delivery.event.occurredAt),
    column(({ delivery }) => delivery.event.traceparent ?? null),
    column(({ delivery }) => delivery.producer),
    column(({ delivery }) => delivery.place.tx),
    column(({ delivery }) => delivery.place.position),
    column(({ delivery }) => delivery.payloadText),
    column(({ delivery }) => delivery.unreadable ?? null),
    column((entry) => entry.reason),
    column((entry) => entry.attempts),
  ]);
}

interface ParkedRow {
  readonly sequence: string;
  readonly type: EventType;
  readonly key: string;
  readonly tenant: string | null;
  readonly event_id: string;
  readonly version: number;
  readonly occurred_at: string;
  readonly traceparent: string | null;
  readonly producer: string;
  readonly tx: string;
  readonly position: string;
  readonly payload: string;
  readonly unreadable: string | null;
}

export interface FirstParked {
  readonly sequence: string;
  readonly delivery: Delivery;
}

/** The event at the head of a key's queue. */
export async function findFirstParked(
  transaction: Transaction,
  group: string,
  type: EventType,
  key: string,
): Promise<FirstParked | undefined> {
  const [row] = await transaction.query<ParkedRow>(
    `SELECT sequence::text AS sequence, type, key, tenant, event_id, version, occurred_at, traceparent, producer,
            tx::text AS tx, position::text AS position, payload, unreadable
     FROM event_log.parked WHERE consumer_group = $1 AND type = $2 AND key = $3 ORDER BY sequence LIMIT 1`,
    [group, type, key],
  );
  return row && { sequence: row.sequence, delivery: toDelivery(row) };
}

export async function deleteParked(transaction: Transaction, sequence: string): Promise<void> {
  await transaction.query('DELETE FROM event_log.parked WHERE sequence = $1::bigint', [sequence]);
}

export async function recordFailedResume(
  transaction: Transaction,
  sequence: string,
  reason: string,
): Promise<void> {
  await transaction.query(
    'UPDATE event_log.parked SET reason = $2, attempts = attempts + 1 WHERE sequence = $1::bigint',
    [sequence, reason],
  );
}

/** What a person may see of parked events: never the payload. */
export async function listParkedEvents(database: EventLogDatabase, group: string): Promise<ParkedEvent[]> {
  const rows = await readRows<Omit<ParkedEvent, 'parkedAt'> & { parked_at: Date }>(
    database,
    `SELECT event_id AS id, consumer_group AS "group", type, key, tenant, reason, attempts, parked_at
     FROM event_log.parked WHERE consumer_group = $1 ORDER BY sequence LIMIT 10000`,
    [group],
  );
  return rows.map(({ parked_at, ...event }) => ({ ...event, parkedAt: parked_at.toISOString() }));
}

export async function countParked(
  database: EventLogDatabase,
  group: string,
  type: EventType,
): Promise<number> {
  const [row] = await readRows<{ parked: number }>(
    database,
    'SELECT count(*)::integer AS parked FROM event_log.parked WHERE consumer_group = $1 AND type = $2',
    [group, type],
  );
  return row?.parked ?? 0;
}

function toDelivery(row: ParkedRow): Delivery {
  const header = {
    id: row.event_id,
    type: row.type,
    version: row.version,
    key: row.key,
    tenant: row.tenant as EventEnvelope['tenant'],
    occurredAt: row.occurred_at,
  };
  const event = {
    ...(row.traceparent === null ? header : { ...header, traceparent: row.traceparent }),
    payload:
      row.unreadable === null ? (JSON.parse(row.payload) as EventEnvelope['payload']) : (null as never),
  };
  const delivery = {
    event,
    producer: row.producer,
    place: { tx: row.tx, position: row.position },
    payloadText: row.payload,
  };
  return row.unreadable === null ? delivery : { ...delivery, unreadable: row.unreadable };
}
