import type { EventEnvelope, EventType } from '@samenhang/data-model';
import type { Delivery, Place } from '@samenhang/event-log';
import { readRows, type EventLogDatabase } from './event-log-database.js';

export interface ChunkLimits {
  readonly events: number;
  /** A chunk holds at least one event, and no further one once it is this large. */
  readonly bytes: number;
}

export const defaultChunkLimits: ChunkLimits = { events: 500, bytes: 4 * 1024 * 1024 };

/**
 * Everything below the horizon is settled: each transaction numbered below the oldest one still running has
 * committed or gone, so no event can appear before one that was read. (An identity alone gives no such promise:
 * of two writers the later number may commit first.)
 */
const HORIZON = '(SELECT base + pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM event_log.clock)';

const COLUMNS = `type, tx::text AS tx, position::text AS position, producer, key, tenant, id, version, occurred_at, traceparent, payload`;

const chunkOf = (type: string, filter: string): string => `
  SELECT * FROM (
    SELECT *, sum(size) OVER (ORDER BY tx, position) - size AS bytes_before
    FROM (
      SELECT * FROM event_log.event
      WHERE event.type = ${type} AND tx < ${HORIZON} AND ${filter}
      ORDER BY tx, position LIMIT $2
    ) AS next
  ) AS sized
  WHERE bytes_before < $3
`;

// Ordered by the numbers, not by the output columns of the same name: those are text.
const AFTER_PLACE = `
  SELECT ${COLUMNS} FROM (${chunkOf('$1', '(tx, position) > ($4::bigint, $5::bigint)')}) AS chunk
  ORDER BY chunk.tx, chunk.position
`;
const OF_PRODUCER = `
  SELECT ${COLUMNS} FROM (
    SELECT chunk.* FROM unnest($1::text[]) AS wanted (name)
    CROSS JOIN LATERAL (${chunkOf('wanted.name', 'producer = $4')}) AS chunk
  ) AS chunks
  ORDER BY chunks.type, chunks.tx, chunks.position
`;

interface EventRow {
  readonly type: EventType;
  readonly tx: string;
  readonly position: string;
  readonly producer: string;
  readonly key: string;
  readonly tenant: string | null;
  readonly id: string;
  readonly version: number;
  readonly occurred_at: Date;
  readonly traceparent: string | null;
  readonly payload: string;
}

/** The events of a type that follow `place`, in order, as far as they are settled. */
export async function readEventsAfter(
  database: EventLogDatabase,
  type: EventType,
  place: Place,
  limits: ChunkLimits,
): Promise<Delivery[]> {
  const rows = await readRows<EventRow>(database, AFTER_PLACE, [
    type,
    limits.events,
    limits.bytes,
    place.tx,
    place.position,
  ]);
  return rows.map(toDelivery);
}

/** An event as it waits for the relay; its payload is not parsed on the way. */
export interface StoredEvent {
  readonly header: Omit<EventEnvelope, 'payload'>;
  readonly producer: string;
  readonly place: Place;
  readonly payloadText: string;
}

type Query = <Row>(sql: string, parameters: unknown[]) => Promise<Row[]>;

/** What a producer has waiting: of each type the next events in order, as far as they are settled. */
export async function readEventsOfProducer(
  query: Query,
  types: readonly EventType[],
  producer: string,
  limits: ChunkLimits,
): Promise<StoredEvent[]> {
  const rows = await query<EventRow>(OF_PRODUCER, [types, limits.events, limits.bytes, producer]);
  return rows.map(toStoredEvent);
}

/** Removes what the relay has handed on: all of a producer's events up to and including `place`. */
export async function deleteEventsUpTo(
  query: Query,
  type: EventType,
  producer: string,
  place: Place,
): Promise<void> {
  await query(
    'DELETE FROM event_log.event WHERE type = $1 AND producer = $2 AND (tx, position) <= ($3::bigint, $4::bigint)',
    [type, producer, place.tx, place.position],
  );
}

function toStoredEvent(row: EventRow): StoredEvent {
  const header = {
    id: row.id,
    type: row.type,
    version: row.version,
    key: row.key,
    tenant: row.tenant as EventEnvelope['tenant'],
    occurredAt: row.occurred_at.toISOString(),
  };
  return {
    header: row.traceparent === null ? header : { ...header, traceparent: row.traceparent },
    producer: row.producer,
    place: { tx: row.tx, position: row.position },
    payloadText: row.payload,
  };
}

function toDelivery(row: EventRow): Delivery {
  const { header, producer, place, payloadText } = toStoredEvent(row);
  try {
    const event = { ...header, payload: JSON.parse(payloadText) as EventEnvelope['payload'] };
    return { event, producer, place, payloadText };
  } catch {
    const event = { ...header, payload: null as never };
    return { event, producer, place, payloadText, unreadable: 'the payload is not JSON' };
  }
}
