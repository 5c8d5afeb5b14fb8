import { randomUUID } from 'node:crypto';
import type { Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import type { Sealed } from '@samenhang/persistence';
import type { Task } from '../tasks/task.js';

export type PullState = 'not-asked' | 'waiting' | 'pulled' | 'failed';
export type InboxKind = 'pull-notification' | 'nursing-handover';

export interface InboxItem {
  readonly tenant: Ura;
  readonly id: string;
  readonly sender: Ura;
  readonly identifier: string;
  readonly kind: InboxKind;
  readonly taskReference: string | null;
  readonly status: string;
  readonly validUntil: Date | null;
  readonly receivedAt: Date;
  readonly sealed: Sealed | null;
  readonly notification: Task | null;
  readonly task: Task | null;
  readonly refreshWanted: boolean;
  readonly pullState: PullState;
  readonly attempts: number;
  readonly lastFailure: string | null;
}

export interface PulledRequest {
  readonly request: string;
  readonly state: 'waiting' | 'pulled' | 'failed';
  readonly lastFailure: string | null;
  readonly pulledAt: Date | null;
}

const columns = `tenant, id, sender, identifier, kind, task_reference AS "taskReference", status,
  valid_until AS "validUntil", received_at AS "receivedAt", sealed, notification, task,
  refresh_wanted AS "refreshWanted", pull_state AS "pullState", attempts, last_failure AS "lastFailure"`;

export interface NewItem {
  readonly id: string;
  readonly sender: Ura;
  readonly identifier: string;
  readonly kind: InboxKind;
  readonly taskReference: string | undefined;
  readonly validUntil: Date | undefined;
  readonly sealed: Sealed;
  readonly notification: Task;
}

/** @returns undefined when there is one already: a notification that comes twice is taken once */
export async function insertItem(
  transaction: Transaction,
  tenant: Ura,
  item: NewItem,
): Promise<InboxItem | undefined> {
  const [row] = await transaction.query<InboxItem>(
    `INSERT INTO inbox_item (tenant, id, sender, identifier, kind, task_reference, status, valid_until, sealed, notification)
     VALUES ($1, $2, $3, $4, $5, $6, 'requested', $7, $8, $9)
     ON CONFLICT (tenant, sender, identifier) DO NOTHING RETURNING ${columns}`,
    [
      tenant,
      item.id,
      item.sender,
      item.identifier,
      item.kind,
      item.taskReference ?? null,
      item.validUntil ?? null,
      JSON.stringify(item.sealed),
      JSON.stringify(item.notification),
    ],
  );
  return row;
}

/** A Task at a sender of which only is told that it is there, or has changed: it is to be read. */
export async function noteTask(
  transaction: Transaction,
  tenant: Ura,
  sender: Ura,
  taskReference: string,
): Promise<void> {
  await transaction.query(
    `INSERT INTO inbox_item (tenant, id, sender, identifier, kind, task_reference, status, refresh_wanted)
     VALUES ($1, $2, $3, $4, 'nursing-handover', $4, 'requested', true)
     ON CONFLICT (tenant, sender, identifier) DO UPDATE SET refresh_wanted = true, next_try = now(), attempts = 0`,
    [tenant, randomUUID(), sender, taskReference],
  );
}

export async function findItem(
  transaction: Transaction,
  tenant: Ura,
  id: string,
): Promise<InboxItem | undefined> {
  const [row] = await transaction.query<InboxItem>(
    `SELECT ${columns} FROM inbox_item WHERE tenant = $1 AND id = $2`,
    [tenant, id],
  );
  return row;
}

export async function findItemByIdentifier(
  transaction: Transaction,
  tenant: Ura,
  sender: Ura,
  identifier: string,
): Promise<InboxItem | undefined> {
  const [row] = await transaction.query<InboxItem>(
    `SELECT ${columns} FROM inbox_item WHERE tenant = $1 AND sender = $2 AND identifier = $3`,
    [tenant, sender, identifier],
  );
  return row;
}

/** Newest first. */
export function listItems(transaction: Transaction, tenant: Ura, limit: number): Promise<InboxItem[]> {
  return transaction.query<InboxItem>(
    `SELECT ${columns} FROM inbox_item WHERE tenant = $1 ORDER BY received_at DESC, id LIMIT $2`,
    [tenant, limit],
  );
}

/** What is withdrawn is pulled no more. */
export async function cancelItem(transaction: Transaction, tenant: Ura, id: string): Promise<void> {
  await transaction.query(
    `UPDATE inbox_item SET status = 'cancelled', refresh_wanted = false,
       pull_state = CASE WHEN pull_state = 'waiting' THEN 'failed' ELSE pull_state END,
       last_failure = CASE WHEN pull_state = 'waiting' THEN 'The sender withdrew it' ELSE last_failure END
     WHERE tenant = $1 AND id = $2`,
    [tenant, id],
  );
}

/** What failed before is tried again as well. */
export async function wantPull(transaction: Transaction, tenant: Ura, id: string): Promise<void> {
  await transaction.query(
    `UPDATE inbox_item SET pull_state = 'waiting', next_try = now(), attempts = 0, last_failure = NULL
     WHERE tenant = $1 AND id = $2`,
    [tenant, id],
  );
  await transaction.query(
    `UPDATE pulled SET state = 'waiting', last_failure = NULL WHERE tenant = $1 AND item = $2 AND state = 'failed'`,
    [tenant, id],
  );
}

/** Takes what is due; `next_try` moves ahead at once, so that a process that dies leaves it to be tried again after that. */
export function claimItems(
  transaction: Transaction,
  limit: number,
  claimSeconds: number,
): Promise<InboxItem[]> {
  return transaction.query<InboxItem>(
    `WITH due AS (
       SELECT tenant AS of, id AS item FROM inbox_item
       WHERE (refresh_wanted OR pull_state = 'waiting') AND next_try <= now()
       ORDER BY next_try LIMIT $1 FOR UPDATE SKIP LOCKED)
     UPDATE inbox_item SET next_try = now() + make_interval(secs => $2), attempts = attempts + 1
     FROM due WHERE tenant = due.of AND id = due.item
     RETURNING ${columns}`,
    [limit, claimSeconds],
  );
}

export async function storeTask(
  transaction: Transaction,
  item: InboxItem,
  task: Task,
  sealed: Sealed,
  validUntil: Date | undefined,
): Promise<void> {
  await transaction.query(
    `UPDATE inbox_item SET task = $3, status = $4, sealed = $5, valid_until = coalesce($6, valid_until),
       refresh_wanted = false
     WHERE tenant = $1 AND id = $2`,
    [
      item.tenant,
      item.id,
      JSON.stringify(task),
      task.status ?? item.status,
      JSON.stringify(sealed),
      validUntil ?? null,
    ],
  );
}

/** Nothing more is due: it is done, or given up for good. */
export async function settleItem(
  transaction: Transaction,
  { tenant, id }: InboxItem,
  outcome: { readonly pullState: PullState; readonly failure?: string | undefined },
): Promise<void> {
  await transaction.query(
    `UPDATE inbox_item SET refresh_wanted = false, pull_state = $3, last_failure = $4 WHERE tenant = $1 AND id = $2`,
    [tenant, id, outcome.pullState, outcome.failure ?? null],
  );
}

export async function postponeItem(
  transaction: Transaction,
  { tenant, id }: InboxItem,
  failure: string,
  seconds: number,
): Promise<void> {
  await transaction.query(
    `UPDATE inbox_item SET last_failure = $3, next_try = now() + make_interval(secs => $4) WHERE tenant = $1 AND id = $2`,
    [tenant, id, failure, seconds],
  );
}

export async function planRequests(
  transaction: Transaction,
  { tenant, id }: InboxItem,
  requests: readonly string[],
): Promise<void> {
  await transaction.query(
    `INSERT INTO pulled (tenant, item, request, state) SELECT $1, $2, r, 'waiting' FROM unnest($3::text[]) AS r
     ON CONFLICT DO NOTHING`,
    [tenant, id, requests],
  );
}

export function requestsOfItem(
  transaction: Transaction,
  tenant: Ura,
  item: string,
): Promise<PulledRequest[]> {
  return transaction.query<PulledRequest>(
    `SELECT request, state, last_failure AS "lastFailure", pulled_at AS "pulledAt" FROM pulled
     WHERE tenant = $1 AND item = $2 ORDER BY request`,
    [tenant, item],
  );
}

export function pagesOfItem(
  transaction: Transaction,
  tenant: Ura,
  item: string,
): Promise<{ request: string; pages: string[] }[]> {
  return transaction.query<{ request: string; pages: string[] }>(
    `SELECT request, pages FROM pulled WHERE tenant = $1 AND item = $2 AND state = 'pulled' ORDER BY request`,
    [tenant, item],
  );
}

export async function storePages(
  transaction: Transaction,
  { tenant, id }: InboxItem,
  request: string,
  pages: readonly string[],
): Promise<void> {
  await transaction.query(
    `UPDATE pulled SET state = 'pulled', pages = $4, pulled_at = now(), last_failure = NULL
     WHERE tenant = $1 AND item = $2 AND request = $3`,
    [tenant, id, request, pages],
  );
}

export async function storeFailure(
  transaction: Transaction,
  { tenant, id }: InboxItem,
  request: string,
  failure: string,
  isFinal: boolean,
): Promise<void> {
  await transaction.query(
    `UPDATE pulled SET state = CASE WHEN $5 THEN 'failed' ELSE state END, last_failure = $4
     WHERE tenant = $1 AND item = $2 AND request = $3`,
    [tenant, id, request, failure, isFinal],
  );
}
