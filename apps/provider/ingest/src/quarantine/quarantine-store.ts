import { randomUUID } from 'node:crypto';
import type { EventEnvelope, MappingIssue, MessageId } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import type { PlannedMessage } from '../intake/plan-batch.js';

/** A message that could not be used: why, and what became of it since. */
export interface QuarantineEntry {
  readonly id: string;
  readonly messageId: MessageId;
  readonly sourceId: string;
  readonly stage: 'ingest' | 'normalise' | 'record';
  readonly reasonCode: string;
  readonly location: string;
  readonly text: string;
  readonly issues: readonly MappingIssue[];
  readonly mappingVersion: string | null;
  readonly format: string;
  readonly controlId: string | null;
  readonly receivedAt: Date;
  readonly createdAt: Date;
  readonly replayedAt: Date | null;
  readonly replayMessageId: string | null;
  /** The entry whose replay this message was. */
  readonly replayOf: string | null;
}

const COLUMNS = `
  q.id, q.message_id AS "messageId", q.source AS "sourceId", q.stage, q.reason_code AS "reasonCode", q.location, q.text,
  q.issues, q.mapping_version AS "mappingVersion", m.format, m.control_id AS "controlId", m.received_at AS "receivedAt",
  q.created_at AS "createdAt", q.replayed_at AS "replayedAt", q.replay_message_id AS "replayMessageId",
  m.replay_of AS "replayOf"`;

interface NewEntry {
  readonly id: string;
  readonly message_id: string;
  readonly stage: string;
  readonly reason_code: string;
  readonly location: string;
  readonly text: string;
  readonly issues: readonly MappingIssue[];
  readonly mapping_version: string | null;
}

/** Entries join their message for tenant and source; the same message is quarantined once a stage. */
async function insertEntries(transaction: Transaction, entries: readonly NewEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await transaction.query(
    `INSERT INTO quarantine (id, message_id, tenant, source, stage, reason_code, location, text, issues, mapping_version)
     SELECT e.id, m.id, m.tenant, m.source, e.stage, e.reason_code, e.location, e.text, e.issues, e.mapping_version
       FROM json_to_recordset($1::json) AS e (
         id uuid, message_id uuid, stage text, reason_code text, location text, text text, issues jsonb, mapping_version text)
       JOIN message m ON m.id = e.message_id
     ON CONFLICT (message_id, stage) DO NOTHING`,
    [JSON.stringify(entries)],
  );
}

/** Entries for the messages of a batch that were refused at the door. */
export async function quarantineAtIntake(
  transaction: Transaction,
  messages: readonly PlannedMessage[],
): Promise<void> {
  const entries = messages.flatMap(({ id, arrival }): NewEntry[] => {
    if (arrival.refusal === undefined) return [];
    const { code, location, text } = arrival.refusal;
    const issues = [{ severity: 'error' as const, code, location, text }];
    return [
      {
        id: randomUUID(),
        message_id: id,
        stage: 'ingest',
        reason_code: code,
        location,
        text,
        issues,
        mapping_version: null,
      },
    ];
  });
  await insertEntries(transaction, entries);
}

/** Entries for messages that a later stage rejected. */
export async function quarantineRejected(
  transaction: Transaction,
  events: readonly EventEnvelope<'record.rejected'>[],
): Promise<void> {
  const entries = events.map(({ payload }): NewEntry => {
    const cause = payload.issues.find(({ severity }) => severity === 'error') ?? payload.issues[0];
    return {
      id: randomUUID(),
      message_id: payload.messageId,
      stage: payload.stage,
      reason_code: cause?.code ?? 'processing',
      location: cause?.location ?? '',
      text: cause?.text ?? 'Rejected without a reason',
      issues: payload.issues,
      mapping_version: payload.mappingVersion,
    };
  });
  await insertEntries(transaction, entries);
  const ids = [...new Set(events.map(({ payload }) => payload.messageId))];
  const known = await transaction.query(
    `UPDATE message SET state = CASE state WHEN 'received' THEN 'quarantined' ELSE state END
      WHERE id = ANY ($1::uuid[]) RETURNING id`,
    [ids],
  );
  // Never dropped in silence: the log parks what names a message that is not here.
  if (known.length < ids.length) throw new Error('A rejected message is not known here');
}

/** Newest first; `before` is the id of the last entry of the page before. */
export async function listEntries(
  transaction: Transaction,
  tenant: string,
  limit: number,
  before: string | undefined,
): Promise<QuarantineEntry[]> {
  return transaction.query<QuarantineEntry & Record<string, unknown>>(
    `SELECT ${COLUMNS} FROM quarantine q JOIN message m ON m.id = q.message_id
      WHERE q.tenant = $1
        AND ($3::uuid IS NULL OR (q.created_at, q.id) < (SELECT b.created_at, b.id FROM quarantine b WHERE b.id = $3 AND b.tenant = $1))
      ORDER BY q.created_at DESC, q.id DESC LIMIT $2`,
    [tenant, limit, before ?? null],
  );
}

export async function findEntry(
  transaction: Transaction,
  tenant: string,
  id: string,
): Promise<QuarantineEntry | undefined> {
  const rows = await transaction.query<QuarantineEntry & Record<string, unknown>>(
    `SELECT ${COLUMNS} FROM quarantine q JOIN message m ON m.id = q.message_id WHERE q.tenant = $1 AND q.id = $2`,
    [tenant, id],
  );
  return rows[0];
}

export async function countOpen(transaction: Transaction): Promise<number> {
  const rows = await transaction.query<{ count: number }>(
    'SELECT count(*) AS count FROM quarantine WHERE replayed_at IS NULL',
  );
  return rows[0]?.count ?? 0;
}
