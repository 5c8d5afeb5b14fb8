import type { EventEnvelope, EventType } from '@samenhang/data-model';
import type { Delivery, Place } from '@samenhang/event-log';
import { readRows, type EventLogDatabase } from './event-log-database.js';

export interface ChunkLimits {
  readonly events: number;
  /** A chunk holds at least one event, and no further one once it is this large. */
  readonly bytes: number;
}

export const defaultChunkLimits: ChunkLimits = { events: 250, bytes: 1024 * 1024 };

const COLUMNS = `type, tx::text AS tx, position::text AS position, producer, key, tenant, id, version, occurred_at, traceparent, payload`;

// Ordered by the numbers, not by the output columns of the same name: those are text.
const AFTER_PLACE = `
  SELECT ${COLUMNS} FROM event_log.read_after($1, $2::bigint, $3::bigint, $4::integer, $5::bigint) AS chunk
  ORDER BY chunk.tx, chunk.position
`;
const OF_PRODUCER = `
  SELECT ${COLUMNS} FROM unnest($1::text[]) AS wanted (name)
  CROSS JOIN LATERAL event_log.read_of_producer(wanted.name, $2, $3::integer, $4::bigint) AS chunk
  ORDER BY chunk.type, chunk.tx, chunk.position
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
    place.tx,
    place.position,
    limits.events,
    limits.bytes,
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
  const rows = await query<EventRow>(OF_PRODUCER, [types, producer, limits.events, limits.bytes]);
  return rows.map(toStoredEvent);
}

/** Removes what the relay has handed on: a producer's events from the first to the last, between which it left out none. */
export async function deleteEventsBetween(
  query: Query,
  type: EventType,
  producer: string,
  first: Place,
  last: Place,
): Promise<void> {
  await query(
    `DELETE FROM event_log.event
     WHERE type = $1 AND producer = $2 AND (tx, position) >= ($3::bigint, $4::bigint) AND (tx, position) <= ($5::bigint, $6::bigint)`,
    [type, producer, first.tx, first.position, last.tx, last.position],
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
