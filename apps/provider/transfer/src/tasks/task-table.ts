import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { Transaction } from '@samenhang/event-log';
import type { Sealed } from '@samenhang/persistence';
import type { TaskStatus } from './task-status.js';
import type { Task, TransferKind } from './task.js';

/** A workflow Task as it is kept at its sender. */
export interface StoredTask {
  readonly id: string;
  readonly transfer: string;
  readonly kind: TransferKind;
  readonly owner: Ura;
  readonly status: TaskStatus;
  readonly version: number;
  readonly lastUpdated: Date;
  readonly validFrom: Date;
  readonly validUntil: Date;
  readonly listed: readonly string[];
  readonly patientKey: string;
  readonly sealedBsn: Sealed;
  /** Without the patient. */
  readonly body: Task;
}

const columns = `id, transfer, kind, owner, status, version, last_updated AS "lastUpdated", valid_from AS "validFrom",
  valid_until AS "validUntil", listed, patient_key AS "patientKey", sealed_bsn AS "sealedBsn", body`;

/** @param lock keeps others from changing it until the transaction is over */
export async function findTask(
  transaction: Transaction,
  tenant: Ura,
  id: string,
  lock = false,
): Promise<StoredTask | undefined> {
  const [row] = await transaction.query<StoredTask>(
    `SELECT ${columns} FROM task WHERE tenant = $1 AND id = $2${lock ? ' FOR UPDATE' : ''}`,
    [tenant, id],
  );
  return row;
}

/** All Tasks of one transfer, in an order that does not change, locked. */
export function lockTransfer(transaction: Transaction, tenant: Ura, transfer: string): Promise<StoredTask[]> {
  return transaction.query<StoredTask>(
    `SELECT ${columns} FROM task WHERE tenant = $1 AND transfer = $2 ORDER BY id FOR UPDATE`,
    [tenant, transfer],
  );
}

/** Newest first. */
export function listTasks(
  transaction: Transaction,
  tenant: Ura,
  filter: { readonly transfer?: string; readonly limit: number },
): Promise<StoredTask[]> {
  return transaction.query<StoredTask>(
    `SELECT ${columns} FROM task WHERE tenant = $1 AND ($2::uuid IS NULL OR transfer = $2)
     ORDER BY last_updated DESC, id LIMIT $3`,
    [tenant, filter.transfer ?? null, filter.limit],
  );
}

export async function insertTask(transaction: Transaction, tenant: Ura, task: StoredTask): Promise<void> {
  await transaction.query(
    `INSERT INTO task (tenant, id, transfer, kind, owner, status, version, last_updated, valid_from, valid_until,
       listed, patient_key, sealed_bsn, body)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      tenant,
      task.id,
      task.transfer,
      task.kind,
      task.owner,
      task.status,
      task.version,
      task.lastUpdated,
      task.validFrom,
      task.validUntil,
      task.listed,
      task.patientKey,
      JSON.stringify(task.sealedBsn),
      JSON.stringify(task.body),
    ],
  );
  await insertVersion(transaction, tenant, task, tenant);
}

/** @throws Failure('precondition-failed') when it was changed since it was read */
export async function replaceTask(
  transaction: Transaction,
  tenant: Ura,
  task: StoredTask,
  author: Ura,
): Promise<void> {
  const rows = await transaction.query(
    `UPDATE task SET status = $4, version = $3, last_updated = $5, body = $6
     WHERE tenant = $1 AND id = $2 AND version = $3 - 1 RETURNING id`,
    [tenant, task.id, task.version, task.status, task.lastUpdated, JSON.stringify(task.body)],
  );
  if (rows.length === 0) throw new Failure('precondition-failed', 'The Task has changed meanwhile');
  await insertVersion(transaction, tenant, task, author);
}

async function insertVersion(
  transaction: Transaction,
  tenant: Ura,
  task: StoredTask,
  author: Ura,
): Promise<void> {
  await transaction.query(
    `INSERT INTO task_version (tenant, id, version, author, status, last_updated, body)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [tenant, task.id, task.version, author, task.status, task.lastUpdated, JSON.stringify(task.body)],
  );
}

/** A change of a Task that another made: what a sender's own system wants to know. */
export interface TaskChange {
  readonly position: number;
  readonly task: string;
  readonly version: number;
  readonly author: string;
  readonly status: TaskStatus;
  readonly at: Date;
}

/** What receivers changed, oldest first, after a position. */
export function listChangesByOthers(
  transaction: Transaction,
  tenant: Ura,
  after: number,
  limit: number,
): Promise<TaskChange[]> {
  return transaction.query<TaskChange>(
    `SELECT position, id AS task, version, author, status, last_updated AS at FROM task_version
     WHERE tenant = $1 AND position > $2 AND author <> $1 ORDER BY position LIMIT $3`,
    [tenant, after, limit],
  );
}

/** Who have open offers, whichever tenant made them. */
export async function ownersOfOpenTasks(transaction: Transaction): Promise<Ura[]> {
  const rows = await transaction.query<{ owner: Ura }>(
    `SELECT DISTINCT owner FROM task WHERE status NOT IN ('completed', 'rejected', 'cancelled', 'failed') ORDER BY owner`,
  );
  return rows.map(({ owner }) => owner);
}

/** Open offers to a care provider, with the tenant that made each. */
export function openTasksOf(transaction: Transaction, owner: Ura): Promise<{ tenant: Ura; id: string }[]> {
  return transaction.query<{ tenant: Ura; id: string }>(
    `SELECT tenant, id FROM task
     WHERE owner = $1 AND status NOT IN ('completed', 'rejected', 'cancelled', 'failed') ORDER BY tenant, id`,
    [owner],
  );
}
