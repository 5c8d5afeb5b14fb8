import { randomUUID } from 'node:crypto';
import type { Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import type { ReplayCriteria, ReplayOrder } from './replay-criteria.js';

/** A replay of many messages: what it is about, and how far it has come. */
export interface ReplayRun {
  readonly id: string;
  readonly tenant: Ura;
  readonly criteria: ReplayCriteria;
  readonly messagesPerSecond: number;
  readonly state: 'running' | 'done' | 'cancelled';
  /** Position of the last message it dealt with. */
  readonly position: number;
  /** What arrived after it began is not of it. */
  readonly lastPosition: number;
  readonly replayed: number;
  /** Refused at the door, and still not to be read: left in quarantine. */
  readonly unreadable: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const COLUMNS = `id, tenant, criteria, messages_per_second AS "messagesPerSecond", state, position,
  last_position AS "lastPosition", replayed, unreadable, created_at AS "createdAt", updated_at AS "updatedAt"`;

type Row = ReplayRun & Record<string, unknown>;

export async function startRun(
  transaction: Transaction,
  tenant: Ura,
  { criteria, messagesPerSecond }: ReplayOrder,
  lastPosition: number,
): Promise<ReplayRun | undefined> {
  const rows = await transaction.query<Row>(
    `INSERT INTO replay_run (id, tenant, source, criteria, messages_per_second, state, position, last_position)
     VALUES ($1, $2, $3, $4, $5, 'running', 0, $6) RETURNING ${COLUMNS}`,
    [randomUUID(), tenant, criteria.source, JSON.stringify(criteria), messagesPerSecond, lastPosition],
  );
  return rows[0];
}

export async function findRun(
  transaction: Transaction,
  tenant: Ura,
  id: string,
): Promise<ReplayRun | undefined> {
  const rows = await transaction.query<Row>(
    `SELECT ${COLUMNS} FROM replay_run WHERE id = $1 AND tenant = $2`,
    [id, tenant],
  );
  return rows[0];
}

/** Newest first. */
export async function listRuns(transaction: Transaction, tenant: Ura, limit: number): Promise<ReplayRun[]> {
  return transaction.query<Row>(
    `SELECT ${COLUMNS} FROM replay_run WHERE tenant = $1 ORDER BY created_at DESC, id DESC LIMIT $2`,
    [tenant, limit],
  );
}

/** @returns whether it was running still */
export async function cancelRun(transaction: Transaction, tenant: Ura, id: string): Promise<boolean> {
  const rows = await transaction.query(
    `UPDATE replay_run SET state = 'cancelled', updated_at = now()
      WHERE id = $1 AND tenant = $2 AND state = 'running' RETURNING id`,
    [id, tenant],
  );
  return rows.length > 0;
}

/** The oldest run of each source that nobody works on at the moment; two runs of one source would mix their orders. */
export async function lockOpenRuns(transaction: Transaction): Promise<ReplayRun[]> {
  return transaction.query<Row>(
    `SELECT ${COLUMNS} FROM replay_run r WHERE state = 'running' AND NOT EXISTS (
       SELECT 1 FROM replay_run earlier WHERE earlier.state = 'running' AND earlier.tenant = r.tenant
          AND earlier.source = r.source AND (earlier.created_at, earlier.id) < (r.created_at, r.id))
      ORDER BY created_at LIMIT 20 FOR UPDATE SKIP LOCKED`,
  );
}

export async function advanceRun(
  transaction: Transaction,
  { id }: ReplayRun,
  progress: {
    readonly position: number;
    readonly replayed: number;
    readonly unreadable: number;
    readonly done: boolean;
  },
): Promise<void> {
  await transaction.query(
    `UPDATE replay_run SET position = $2, replayed = replayed + $3, unreadable = unreadable + $4,
       state = CASE WHEN $5::boolean THEN 'done' ELSE state END, updated_at = now() WHERE id = $1`,
    [id, progress.position, progress.replayed, progress.unreadable, progress.done],
  );
}
