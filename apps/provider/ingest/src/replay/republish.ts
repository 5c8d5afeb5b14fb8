import { randomUUID } from 'node:crypto';
import type { MessageId, NewEvent, SourceMessageReceived, Ura } from '@samenhang/data-model';
import type { EventLog, Transaction } from '@samenhang/event-log';
import { settingsOf, type Source } from '../sources/source.js';
import type { OriginalMessage } from './original-message.js';

/** A message that is to go on its way again. */
export interface Replayed {
  readonly original: Pick<
    OriginalMessage,
    'id' | 'source' | 'position' | 'receivedAt' | 'format' | 'content' | 'entryId'
  >;
  readonly orderingKey: string;
}

export interface ReplayTerms {
  readonly tenant: Ura;
  readonly source: Source;
  readonly replayedAt: Date;
  readonly accepting: readonly string[];
  /** Version of the mapping to map by; undefined for that in use. */
  readonly mapBy?: string | undefined;
  /** The run it belongs to, if any. */
  readonly run: string | undefined;
}

/**
 * What the mapping gets of a replayed message: the original's bytes, position and time, under the settings of now. What the
 * source said since is newer and stays so.
 */
export function replayPayload(
  messageId: MessageId,
  { id, position, receivedAt, format, content, entryId }: Replayed['original'],
  { source, replayedAt, accepting, mapBy }: ReplayTerms,
): SourceMessageReceived {
  return {
    messageId,
    sourceId: source.id,
    format,
    receivedAt: receivedAt.toISOString(),
    sourcePosition: position,
    content: content.toString('base64'),
    settings: settingsOf(source),
    replayOf: entryId ?? id,
    replayedAt: replayedAt.toISOString(),
    ...(accepting.length === 0 ? {} : { accepting }),
    ...(mapBy === undefined ? {} : { mapBy }),
  };
}

/**
 * Stores replays as messages of their own, linked to what they replay, and sends them on their way; entries that were open
 * about them are closed. All in the transaction given. @returns their ids, in order
 */
export async function republish(
  transaction: Transaction,
  eventLog: EventLog,
  replayed: readonly Replayed[],
  terms: ReplayTerms,
): Promise<MessageId[]> {
  if (replayed.length === 0) return [];
  const ids = replayed.map(() => randomUUID() as MessageId);
  const rows = replayed.map(({ original, orderingKey }, index) => ({
    id: ids[index],
    original: original.id,
    replay_of: original.entryId ?? original.id,
    ordering_key: orderingKey,
  }));
  await transaction.query(
    `INSERT INTO message (id, tenant, source, position, received_at, format, control_id, ordering_key, content,
                          content_sha256, accepted, state, replay_of, original_id, replay_run, message_type)
     SELECT r.id, m.tenant, m.source, m.position, m.received_at, m.format, m.control_id, r.ordering_key, m.content,
            m.content_sha256, true, 'received', r.replay_of, coalesce(m.original_id, m.id), $2::uuid, m.message_type
       FROM json_to_recordset($1::json) AS r (id uuid, original uuid, replay_of uuid, ordering_key text)
       JOIN message m ON m.id = r.original`,
    [JSON.stringify(rows), terms.run ?? null],
  );
  await transaction.query(
    `WITH replay AS (
       SELECT r.id, coalesce(m.original_id, m.id) AS original
         FROM json_to_recordset($1::json) AS r (id uuid, original uuid) JOIN message m ON m.id = r.original
     ), family AS (
       SELECT replay.id AS replay, m.id AS member FROM replay
         JOIN message m ON m.id = replay.original OR m.original_id = replay.original
        WHERE m.id <> replay.id
     ), closed AS (
       UPDATE quarantine q SET replayed_at = now(), replay_message_id = family.replay
         FROM family WHERE q.message_id = family.member AND q.replayed_at IS NULL
     )
     UPDATE message m SET state = 'replayed' FROM family WHERE m.id = family.member AND m.state <> 'replayed'`,
    [JSON.stringify(rows)],
  );
  await eventLog.publish(
    transaction,
    replayed.map(({ original, orderingKey }, index): NewEvent<'source-message.received'> => ({
      type: 'source-message.received',
      key: orderingKey,
      tenant: terms.tenant,
      payload: replayPayload(ids[index] ?? original.id, original, terms),
    })),
  );
  return ids;
}
