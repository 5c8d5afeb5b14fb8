import { randomUUID } from 'node:crypto';
import type { Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';

/** What a receiver is told: of an offer, that it is withdrawn, or (eOverdracht) that its Task changed. */
export type DeliveryKind = 'pull-notification' | 'pull-cancelled' | 'task-changed';

export interface PlannedDelivery {
  readonly task: string;
  readonly version: number;
  readonly recipient: Ura;
  readonly kind: DeliveryKind;
}

export interface DueDelivery extends PlannedDelivery {
  readonly tenant: Ura;
  readonly id: string;
  readonly attempts: number;
}

/** How a notification fared, for the sender to see. */
export interface DeliveryState {
  readonly task: string;
  readonly kind: DeliveryKind;
  readonly attempts: number;
  readonly createdAt: Date;
  readonly deliveredAt: Date | null;
  readonly givenUpAt: Date | null;
  readonly lastFailure: string | null;
}

/** In the transaction of the change itself: whoever is to be told will be, whatever happens to this process. */
export async function planDelivery(
  transaction: Transaction,
  tenant: Ura,
  { task, version, recipient, kind }: PlannedDelivery,
): Promise<void> {
  await transaction.query(
    `INSERT INTO delivery (tenant, id, task, version, recipient, kind) VALUES ($1, $2, $3, $4, $5, $6)`,
    [tenant, randomUUID(), task, version, recipient, kind],
  );
}

/**
 * Takes what is due, oldest version of a Task first. `next_try` moves ahead at once: a process that dies leaves it to be
 * tried again after that, and no other takes it meanwhile.
 */
export function claimDeliveries(
  transaction: Transaction,
  limit: number,
  claimSeconds: number,
): Promise<DueDelivery[]> {
  return transaction.query<DueDelivery>(
    `WITH due AS (
       SELECT d.tenant, d.id FROM delivery d
       WHERE d.delivered_at IS NULL AND d.given_up_at IS NULL AND d.next_try <= now()
         AND NOT EXISTS (SELECT 1 FROM delivery e WHERE e.tenant = d.tenant AND e.task = d.task AND e.version < d.version
                           AND e.delivered_at IS NULL AND e.given_up_at IS NULL)
       ORDER BY d.next_try LIMIT $1 FOR UPDATE SKIP LOCKED)
     UPDATE delivery d SET next_try = now() + make_interval(secs => $2), attempts = d.attempts + 1
     FROM due WHERE d.tenant = due.tenant AND d.id = due.id
     RETURNING d.tenant, d.id, d.task, d.version, d.recipient, d.kind, d.attempts`,
    [limit, claimSeconds],
  );
}

export async function settleDelivery(
  transaction: Transaction,
  { tenant, id }: DueDelivery,
  outcome: { readonly failure?: string; readonly retrySeconds?: number },
): Promise<void> {
  const { failure, retrySeconds } = outcome;
  await transaction.query(
    `UPDATE delivery SET
       delivered_at = CASE WHEN $3::text IS NULL THEN now() END,
       given_up_at = CASE WHEN $3::text IS NOT NULL AND $4::float8 IS NULL THEN now() END,
       next_try = CASE WHEN $4::float8 IS NULL THEN next_try ELSE now() + make_interval(secs => $4::float8) END,
       last_failure = $3
     WHERE tenant = $1 AND id = $2`,
    [tenant, id, failure ?? null, retrySeconds ?? null],
  );
}

export function deliveriesOf(
  transaction: Transaction,
  tenant: Ura,
  tasks: readonly string[],
): Promise<DeliveryState[]> {
  return transaction.query<DeliveryState>(
    `SELECT task, kind, attempts, created_at AS "createdAt", delivered_at AS "deliveredAt",
       given_up_at AS "givenUpAt", last_failure AS "lastFailure"
     FROM delivery WHERE tenant = $1 AND task = ANY($2::uuid[]) ORDER BY created_at, id`,
    [tenant, tasks],
  );
}
