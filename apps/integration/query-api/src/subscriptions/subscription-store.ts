import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Transaction } from '@samenhang/event-log';
import { seal, unseal, type Sealed } from '@samenhang/persistence';
import { ServiceEnvironment } from '@samenhang/service-kit';
import type { SealedParts, Subscription, SubscriptionStatus } from './subscription.js';
import type { Problem } from './subscription-words.js';

type Reads = Pick<Transaction, 'query'>;

export interface NewSubscription extends SealedParts {
  /** Who may see and end it. */
  readonly owner: string;
  readonly changeHandle: string;
  readonly indexHandle?: string;
  readonly endsAt: Date;
  readonly heartbeatSeconds?: number;
}

/** What of a subscription changes while it is told. */
export type SubscriptionState = Pick<Subscription, 'status' | 'events'>;

interface SubscriptionRow {
  id: string;
  status: SubscriptionStatus;
  ends_at: Date;
  heartbeat_seconds: number | null;
  sealed: Sealed;
  events: number;
  told: number;
  attempts: number;
  problem: Problem | null;
  failing_since: Date | null;
}

const COLUMNS = `s.id, CASE WHEN s.ends_at <= now() THEN 'off' ELSE s.status END AS status, s.ends_at, s.heartbeat_seconds,
  s.sealed, s.events, s.told, s.attempts, s.problem, s.failing_since`;

/** While one instance tells a subscriber no other does; one that dies is made up for after this. */
const LEASE = `interval '30 seconds'`;

/** Subscriptions. Whose they are and about whom is sealed: a copy of the database names nobody. */
@Injectable()
export class SubscriptionStore {
  #key: Buffer | undefined;

  constructor(private readonly environment: ServiceEnvironment) {}

  async add(
    transaction: Reads,
    { owner, changeHandle, indexHandle, endsAt, heartbeatSeconds, ...parts }: NewSubscription,
  ): Promise<string> {
    const { bsn, subscriber, categories, channel, content }: SealedParts = parts;
    const id = randomUUID();
    const text = JSON.stringify({ bsn, subscriber, categories, channel, content });
    await transaction.query(
      `INSERT INTO subscription (id, owner, change_handle, index_handle, channel, status, ends_at, heartbeat_seconds, sealed)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        id,
        owner,
        changeHandle,
        indexHandle ?? null,
        channel.type,
        // A websocket proves itself when it is bound; the subscription counts events from now on.
        channel.type === 'websocket' ? 'active' : 'requested',
        endsAt,
        heartbeatSeconds ?? null,
        JSON.stringify(seal(Buffer.from(text), this.#sealingKey(), id)),
      ],
    );
    return id;
  }

  async countOf(reads: Reads, owner: string): Promise<number> {
    const [row] = await reads.query<{ count: number }>(
      `SELECT count(*) AS count FROM subscription WHERE owner = $1 AND status <> 'off' AND ends_at > now()`,
      [owner],
    );
    return row?.count ?? 0;
  }

  async find(reads: Reads, id: string, owner?: string): Promise<Subscription | undefined> {
    const rows = await reads.query<SubscriptionRow>(
      `SELECT ${COLUMNS} FROM subscription s WHERE s.id = $1 AND ($2::text IS NULL OR s.owner = $2)`,
      [id, owner ?? null],
    );
    return rows.map((row) => this.#open(row))[0];
  }

  /** How these stand now; what is not there any more is left out. */
  async statesOf(reads: Reads, ids: readonly string[]): Promise<Map<string, SubscriptionState>> {
    const rows = await reads.query<SubscriptionState & { id: string }>(
      `SELECT s.id, CASE WHEN s.ends_at <= now() THEN 'off' ELSE s.status END AS status, s.events
         FROM subscription s WHERE s.id = ANY($1)`,
      [ids],
    );
    return new Map(rows.map(({ id, status, events }) => [id, { status, events }]));
  }

  async remove(transaction: Reads, id: string): Promise<void> {
    await transaction.query('DELETE FROM subscription WHERE id = $1', [id]);
  }

  /** Rest-hooks that are to be told something: of an event, that they are subscribed, or that there is nothing. */
  async claimDue(transaction: Reads, limit: number): Promise<Subscription[]> {
    const rows = await transaction.query<SubscriptionRow>(
      `UPDATE subscription s SET next_try = now() + ${LEASE}, attempts = attempts + 1
        WHERE id IN (
          SELECT id FROM subscription
           WHERE channel = 'rest-hook' AND status <> 'off' AND ends_at > now() AND next_try <= now()
             AND (status = 'requested' OR told < events
                  OR last_sent + make_interval(secs => heartbeat_seconds) <= now())
           ORDER BY next_try LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING ${COLUMNS}`,
      [limit],
    );
    return rows.map((row) => this.#open(row));
  }

  async settle(transaction: Reads, id: string, told: number): Promise<void> {
    await transaction.query(
      `UPDATE subscription SET status = CASE status WHEN 'off' THEN 'off' ELSE 'active' END, told = greatest(told, $2),
              attempts = 0, next_try = now(), last_sent = now(), problem = NULL, failing_since = NULL WHERE id = $1`,
      [id, told],
    );
  }

  async fail(
    transaction: Reads,
    id: string,
    { status, problem, seconds }: { status: SubscriptionStatus; problem: Problem; seconds: number },
  ): Promise<void> {
    await transaction.query(
      `UPDATE subscription SET status = $2, problem = $3, failing_since = coalesce(failing_since, now()),
              next_try = now() + make_interval(secs => $4) WHERE id = $1`,
      [id, status, problem, seconds],
    );
  }

  /** What is over is kept for a day, so that its owner can see why. */
  async forgetEnded(transaction: Reads): Promise<void> {
    await transaction.query(`DELETE FROM subscription WHERE ends_at < now() - interval '1 day'`);
    await transaction.query('DELETE FROM subscription_binding WHERE expires_at < now()');
  }

  #open(row: SubscriptionRow): Subscription {
    const text = unseal(row.sealed, this.#sealingKey(), row.id).toString('utf8');
    return {
      ...(JSON.parse(text) as SealedParts),
      id: row.id,
      status: row.status,
      endsAt: row.ends_at,
      events: row.events,
      told: row.told,
      attempts: row.attempts,
      ...(row.heartbeat_seconds === null ? {} : { heartbeatSeconds: row.heartbeat_seconds }),
      ...(row.problem === null ? {} : { problem: row.problem }),
      ...(row.failing_since === null ? {} : { failingSince: row.failing_since }),
    };
  }

  #sealingKey(): Buffer {
    return (this.#key ??= Buffer.from(
      this.environment.secret<{ readonly key: string }>('subscriptions').key,
      'base64',
    ));
  }
}
