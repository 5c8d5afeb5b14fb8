import type { NewEvent } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import { messageTypeOf } from './message-type.js';
import { settingsOf, sourceKey } from '../sources/source.js';
import type { Arrival } from './arrival.js';
import type { KnownMessage, PlannedMessage } from './plan-batch.js';

/**
 * Takes the counters of the sources for this transaction. The row locks put concurrent instances in line, so that
 * positions and the search for duplicates are exact; the order of locking is fixed, so that they cannot deadlock.
 */
export async function lockPositions(
  transaction: Transaction,
  arrivals: readonly Arrival[],
): Promise<Map<string, number>> {
  const sources = new Map(arrivals.map(({ source }) => [sourceKey(source), source]));
  const rows = await transaction.query<{ tenant: string; id: string; last_position: number }>(
    `SELECT s.tenant, s.id, s.last_position
       FROM source s JOIN unnest($1::text[], $2::text[]) AS wanted (tenant, id) USING (tenant, id)
      ORDER BY s.tenant, s.id FOR UPDATE OF s`,
    [[...sources.values()].map(({ tenant }) => tenant), [...sources.values()].map(({ id }) => id)],
  );
  return new Map(rows.map((row) => [sourceKey(row), row.last_position]));
}

/**
 * Looks each content up by its hash. OFFSET 0 keeps the planner from joining by source instead, as it does while it has
 * no statistics of a fast growing table: then each message would be compared with all others of its source.
 */
export async function findKnown(
  transaction: Transaction,
  arrivals: readonly Arrival[],
): Promise<KnownMessage[]> {
  return transaction.query<KnownMessage & Record<string, unknown>>(
    `SELECT m.tenant, m.source, encode(m.content_sha256, 'hex') AS "contentHash", m.accepted, m.id,
            m.ordering_key AS "orderingKey",
            m.format IN ('fhir-r4', 'fhir-stu3', 'table-row') AND EXISTS (
              SELECT 1 FROM message later
               WHERE later.tenant = m.tenant AND later.source = m.source AND later.ordering_key = m.ordering_key
                 AND later.position > m.position AND later.format IN ('fhir-r4', 'fhir-stu3', 'table-row')
                 AND later.replay_of IS NULL) AS superseded
       FROM (SELECT DISTINCT tenant, source, decode(hash, 'hex') AS hash
               FROM unnest($1::text[], $2::text[], $3::text[]) AS arrived (tenant, source, hash)) AS arrived
      CROSS JOIN LATERAL (
        SELECT * FROM message WHERE content_sha256 = arrived.hash OFFSET 0) AS m
      WHERE m.source = arrived.source AND m.tenant = arrived.tenant AND m.replay_of IS NULL`,
    [
      arrivals.map(({ source }) => source.tenant),
      arrivals.map(({ source }) => source.id),
      arrivals.map(({ contentHash }) => contentHash),
    ],
  );
}

/**
 * One statement for any number of messages and the counters of their sources; the contents travel as one binary value
 * that the server cuts up.
 */
const INSERT_MESSAGES = `
  WITH stored AS (
    INSERT INTO message (id, tenant, source, position, received_at, format, control_id, ordering_key, content,
                         content_sha256, accepted, state, message_type)
    SELECT m.id, m.tenant, m.source, m.position, m.received_at, m.format, m.control_id, m.ordering_key,
           substring($2::bytea FROM m.start FOR m.size), decode(m.hash, 'hex'), m.accepted,
           CASE WHEN m.accepted THEN 'received' ELSE 'quarantined' END, m.message_type
      FROM json_to_recordset($1::json) AS m (
        id uuid, tenant text, source text, position bigint, received_at timestamptz, format text, control_id text,
        ordering_key text, start integer, size integer, hash text, accepted boolean, message_type text)
    RETURNING tenant, source, position)
  UPDATE source s SET last_position = last.position
    FROM (SELECT tenant, source, max(position) AS position FROM stored GROUP BY tenant, source) AS last
   WHERE s.tenant = last.tenant AND s.id = last.source`;

export async function insertMessages(
  transaction: Transaction,
  messages: readonly PlannedMessage[],
): Promise<void> {
  let start = 1;
  const rows = messages.map(({ id, position, arrival }) => {
    const row = {
      id,
      tenant: arrival.source.tenant,
      source: arrival.source.id,
      position,
      received_at: arrival.receivedAt,
      format: arrival.format,
      control_id: arrival.controlId ?? null,
      ordering_key: arrival.orderingKey,
      start,
      size: arrival.content.length,
      hash: arrival.contentHash,
      accepted: arrival.refusal === undefined,
      message_type: messageTypeOf(arrival.format, arrival.content) ?? null,
    };
    start += arrival.content.length;
    return row;
  });
  await transaction.query(INSERT_MESSAGES, [
    JSON.stringify(rows),
    Buffer.concat(messages.map(({ arrival }) => arrival.content)),
  ]);
}

/** The event that sends a stored message on its way. */
export function receivedEvent(
  { id, position, arrival }: PlannedMessage,
  traceparent: string | undefined,
): NewEvent<'source-message.received'> {
  return {
    type: 'source-message.received',
    key: arrival.orderingKey,
    tenant: arrival.source.tenant,
    ...(traceparent === undefined ? {} : { traceparent }),
    payload: {
      messageId: id,
      sourceId: arrival.source.id,
      format: arrival.format,
      receivedAt: arrival.receivedAt.toISOString(),
      sourcePosition: position,
      content: arrival.content.toString('base64'),
      settings: settingsOf(arrival.source),
    },
  };
}
