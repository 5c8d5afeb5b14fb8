import { randomUUID } from 'node:crypto';
import { Failure } from '@samenhang/errors';
import type { Transaction } from '@samenhang/event-log';
import type { Source } from '../sources/source.js';

export type DeliveryState = 'reading' | 'done' | 'duplicate' | 'failed';

/** A file or stream of many messages, and how far it has been taken in. */
export interface Delivery {
  readonly id: string;
  readonly name: string;
  /** Of the whole file, hexadecimal; null for a stream. */
  readonly sha256: string | null;
  readonly bytes: number;
  readonly state: DeliveryState;
  readonly reason: string | null;
  readonly readRecords: number;
  /** Chain over the records read so far, hexadecimal. */
  readonly readSha256: string | null;
  readonly accepted: number;
  readonly duplicates: number;
  readonly refused: number;
  readonly startedAt: Date;
  readonly completedAt: Date | null;
}

const COLUMNS = `id, name, encode(sha256, 'hex') AS sha256, bytes, state, reason, read_records AS "readRecords",
  encode(read_sha256, 'hex') AS "readSha256", accepted, duplicates, refused, started_at AS "startedAt",
  completed_at AS "completedAt"`;

type Row = Delivery & Record<string, unknown>;

/** The last delivery of this name. */
export async function findDelivery(
  transaction: Transaction,
  { tenant, id }: Source,
  name: string,
): Promise<Delivery | undefined> {
  const rows = await transaction.query<Row>(
    `SELECT ${COLUMNS} FROM delivery WHERE tenant = $1 AND source = $2 AND name = $3
      ORDER BY started_at DESC, id DESC LIMIT 1`,
    [tenant, id, name],
  );
  return rows[0];
}

/** The file that was taken in last, to the end. */
export async function findLastFile(
  transaction: Transaction,
  { tenant, id }: Source,
): Promise<Delivery | undefined> {
  const rows = await transaction.query<Row>(
    `SELECT ${COLUMNS} FROM delivery WHERE tenant = $1 AND source = $2 AND state = 'done' AND sha256 IS NOT NULL
      ORDER BY completed_at DESC, id DESC LIMIT 1`,
    [tenant, id],
  );
  return rows[0];
}

export async function listDeliveries(
  transaction: Transaction,
  { tenant, id }: Source,
  limit: number,
): Promise<Delivery[]> {
  return transaction.query<Row>(
    `SELECT ${COLUMNS} FROM delivery WHERE tenant = $1 AND source = $2 ORDER BY started_at DESC, id DESC LIMIT $3`,
    [tenant, id, limit],
  );
}

/** @throws Failure('unavailable') when another request has just opened it */
export async function openDelivery(
  transaction: Transaction,
  { tenant, id }: Source,
  file: { readonly name: string; readonly sha256: string | null; readonly bytes: number },
): Promise<Delivery> {
  const rows = await transaction.query<Row>(
    `INSERT INTO delivery (id, tenant, source, name, sha256, bytes, state)
     VALUES ($1, $2, $3, $4, decode($5, 'hex'), $6, 'reading')
     ON CONFLICT (tenant, source, name) WHERE state = 'reading' DO NOTHING RETURNING ${COLUMNS}`,
    [randomUUID(), tenant, id, file.name, file.sha256, file.bytes],
  );
  const [delivery] = rows;
  if (delivery === undefined)
    throw new Failure('unavailable', 'It is being taken in at this moment', { retryAfterSeconds: 1 });
  return delivery;
}

export interface Advance {
  readonly readRecords: number;
  readonly readSha256: string;
  readonly accepted: number;
  readonly duplicates: number;
  readonly refused: number;
}

/**
 * Two requests took the same delivery in at the same time: what the later one stores must not be committed. SQLSTATE
 * 23000 (integrity): a fault of this delivery, which takes no other of its transaction with it.
 */
class DeliveryMovedOn extends Error {
  readonly code = '23000';
}

/** @throws DeliveryMovedOn when it is not where the caller found it */
export async function advanceDelivery(
  transaction: Transaction,
  id: string,
  from: number,
  to: Advance,
): Promise<void> {
  const rows = await transaction.query(
    `UPDATE delivery SET read_records = $2, read_sha256 = decode($3, 'hex'), accepted = $4, duplicates = $5, refused = $6
      WHERE id = $1 AND state = 'reading' AND read_records = $7 RETURNING id`,
    [id, to.readRecords, to.readSha256, to.accepted, to.duplicates, to.refused, from],
  );
  if (rows.length === 0) throw new DeliveryMovedOn('The delivery was taken further meanwhile');
}

export async function closeDelivery(
  transaction: Transaction,
  id: string,
  state: Exclude<DeliveryState, 'reading'>,
  reason?: string,
): Promise<void> {
  await transaction.query('UPDATE delivery SET state = $2, reason = $3, completed_at = now() WHERE id = $1', [
    id,
    state,
    reason ?? null,
  ]);
}
