import { randomUUID } from 'node:crypto';
import { assertEventContract, eventVersions, type EventEnvelope, type NewEvent } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';

/** The largest payload the log takes, in bytes of UTF-8: what every engine can still carry. */
export const maximumPayloadBytes = 24 * 1024 * 1024;

/** Thrown in the publisher's transaction, so that nothing is accepted which could not be delivered later. */
export class EventTooLargeError extends Error {
  constructor(
    readonly eventType: string,
    readonly bytes: number,
  ) {
    super(`Event ${eventType} of ${bytes} bytes is larger than the log can carry (${maximumPayloadBytes})`);
    this.name = 'EventTooLargeError';
  }
}

/**
 * One statement for any number of events. Payloads travel as one binary value that the server cuts up: no escaping,
 * no second JSON parse, and text that JSON columns refuse (\\u0000 in a source's free text) passes unharmed.
 */
const INSERT = `
  INSERT INTO event_log.event (type, tx, producer, key, tenant, id, version, occurred_at, traceparent, size, payload)
  SELECT e.type, (SELECT base + pg_current_xact_id()::text::bigint FROM event_log.clock), $1::text, e.key, e.tenant, e.id, e.version,
         $2::timestamptz, e.traceparent, e.size, convert_from(substring($4::bytea FROM e.start FOR e.size), 'UTF8')
  FROM json_to_recordset($3::json) AS e (
    type text, key text, tenant text, id uuid, version integer, traceparent text, start integer, size integer)
`;

/** @throws EventContractError, EventTooLargeError */
export async function insertEvents(
  transaction: Transaction,
  producer: string,
  events: readonly NewEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const { headers, payloads } = packEvents(events);
  await transaction.query(INSERT, [producer, new Date().toISOString(), JSON.stringify(headers), payloads]);
}

type PackedHeader = Omit<EventEnvelope, 'payload' | 'occurredAt'> & {
  readonly start: number;
  readonly size: number;
};

/** `start` counts from 1, as SQL does. */
export function packEvents(events: readonly NewEvent[]): { headers: PackedHeader[]; payloads: Buffer } {
  const texts: string[] = [];
  const headers: PackedHeader[] = [];
  let start = 1;
  for (const { payload, ...rest } of events) {
    const header = { ...rest, id: randomUUID(), version: eventVersions[rest.type] };
    assertEventContract({ ...header, payload });
    const text = JSON.stringify(payload);
    const size = Buffer.byteLength(text);
    if (size > maximumPayloadBytes) throw new EventTooLargeError(rest.type, size);
    headers.push({ ...header, start, size });
    texts.push(text);
    start += size;
  }
  return { headers, payloads: Buffer.from(texts.join('')) };
}
