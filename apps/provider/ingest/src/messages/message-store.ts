import type { MessageId, SourceFormat, SourceId, Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';

/** A message as a list shows it: nothing of what it says. */
export interface MessageLine {
  readonly id: MessageId;
  readonly position: number;
  readonly receivedAt: Date;
  readonly format: SourceFormat;
  readonly messageType: string | null;
  readonly controlId: string | null;
  readonly inQuarantine: boolean;
}

/** A message as its source sent it. */
export interface KeptMessage extends MessageLine {
  readonly source: SourceId;
  readonly content: Buffer;
}

const LINE = `m.id, m.position, m.received_at AS "receivedAt", m.format, m.message_type AS "messageType",
  m.control_id AS "controlId",
  EXISTS (SELECT 1 FROM quarantine q WHERE q.message_id = m.id AND q.replayed_at IS NULL) AS "inQuarantine"`;

/** The latest messages of a source, newest first; replays are found through what they replay. */
export function listMessages(
  transaction: Transaction,
  tenant: Ura,
  source: SourceId,
  page: { readonly before: number; readonly count: number },
): Promise<MessageLine[]> {
  return transaction.query<MessageLine & Record<string, unknown>>(
    `SELECT ${LINE} FROM message m
      WHERE m.tenant = $1 AND m.source = $2 AND m.replay_of IS NULL AND m.position < $3
      ORDER BY m.position DESC LIMIT $4`,
    [tenant, source, page.before, page.count],
  );
}

export async function findMessage(
  transaction: Transaction,
  tenant: Ura,
  id: string,
): Promise<KeptMessage | undefined> {
  const [found] = await transaction.query<KeptMessage & Record<string, unknown>>(
    `SELECT ${LINE}, m.source, m.content FROM message m WHERE m.tenant = $1 AND m.id = $2`,
    [tenant, id],
  );
  return found;
}
