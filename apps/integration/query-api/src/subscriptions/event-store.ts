import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import { changedChannel } from './subscription-words.js';
import type { Focus, Signal, SignalledFact, SubscriptionEvent } from './subscription.js';

type Reads = Pick<Transaction, 'query'>;

/** A change of a patient, by a handle that subscriptions are found by. */
export interface PatientChange {
  readonly handle: string;
  readonly custodian: Ura;
  readonly facts: readonly SignalledFact[];
  readonly occurredAt: string;
}

interface SignalRow {
  id: number;
  subscription_id: string;
  custodian: Ura;
  facts: SignalledFact[];
  occurred_at: Date;
  attempts: number;
}

interface EventRow {
  subscription_id: string;
  number: number;
  occurred_at: Date;
  focus: Focus;
}

const LEASE = `interval '30 seconds'`;
const BINDING_SECONDS = 60;

/** Changes on their way to subscribers: signals to be judged, and the numbered events of each subscription. */
@Injectable()
export class EventStore {
  /** In the transaction that takes the events of the log: a signal for each subscription to this patient. */
  async signal(transaction: Reads, changes: readonly PatientChange[]): Promise<void> {
    if (changes.length === 0) return;
    const rows = changes.map(({ occurredAt, ...change }) => ({ ...change, occurred_at: occurredAt }));
    await transaction.query(
      `INSERT INTO subscription_signal (subscription_id, custodian, facts, occurred_at)
       SELECT s.id, c.custodian, c.facts, c.occurred_at
         FROM json_to_recordset($1) AS c(handle text, custodian text, facts jsonb, occurred_at timestamptz)
         JOIN subscription s ON c.handle IN (s.change_handle, s.index_handle)
        WHERE s.status <> 'off' AND s.ends_at > now()
          FOR KEY SHARE OF s`,
      [JSON.stringify(rows)],
    );
  }

  async claimSignals(transaction: Reads, limit: number): Promise<Signal[]> {
    const rows = await transaction.query<SignalRow>(
      `UPDATE subscription_signal SET next_try = now() + ${LEASE}, attempts = attempts + 1
        WHERE id IN (SELECT id FROM subscription_signal WHERE next_try <= now() ORDER BY id LIMIT $1
                        FOR UPDATE SKIP LOCKED)
       RETURNING id, subscription_id, custodian, facts, occurred_at, attempts`,
      [limit],
    );
    return rows
      .map(({ subscription_id, occurred_at, ...row }) => ({
        ...row,
        subscriptionId: subscription_id,
        occurredAt: occurred_at,
      }))
      .toSorted((one, other) => one.id - other.id);
  }

  async judgeLater(transaction: Reads, { id }: Signal, seconds: number): Promise<void> {
    await transaction.query(
      'UPDATE subscription_signal SET next_try = now() + make_interval(secs => $2) WHERE id = $1',
      [id, seconds],
    );
  }

  /** Takes the signal away, and makes events of what may be told: numbered without gaps, once. */
  async take(transaction: Reads, signal: Signal, focuses: readonly Focus[]): Promise<boolean> {
    const taken = await transaction.query('DELETE FROM subscription_signal WHERE id = $1 RETURNING id', [
      signal.id,
    ]);
    if (taken.length === 0 || focuses.length === 0) return false;
    await transaction.query(
      `WITH counted AS (
         UPDATE subscription SET events = events + $2 WHERE id = $1 RETURNING id, events - $2 AS before
       )
       INSERT INTO subscription_event (subscription_id, number, occurred_at, focus)
       SELECT counted.id, counted.before + f.place, $3, f.focus
         FROM counted, jsonb_array_elements($4::jsonb) WITH ORDINALITY AS f(focus, place)`,
      [signal.subscriptionId, focuses.length, signal.occurredAt, JSON.stringify(focuses)],
    );
    // Heard once the transaction is committed, by every instance.
    await transaction.query('SELECT pg_notify($1, $2)', [changedChannel, signal.subscriptionId]);
    return true;
  }

  async eventsOf(
    reads: Reads,
    subscriptionId: string,
    { from, until, limit }: { readonly from: number; readonly until: number; readonly limit: number },
  ): Promise<SubscriptionEvent[]> {
    const rows = await reads.query<EventRow>(
      `SELECT number, occurred_at, focus FROM subscription_event
        WHERE subscription_id = $1 AND number BETWEEN $2 AND $3 ORDER BY number LIMIT $4`,
      [subscriptionId, from, until, limit],
    );
    return rows.map(({ number, occurred_at, focus }) => ({ number, occurredAt: occurred_at, focus }));
  }

  /** A token for one connection, soon; only its hash is kept. */
  async addBinding(transaction: Reads, subscriptionId: string): Promise<{ token: string; expiresAt: Date }> {
    const token = randomBytes(32).toString('base64url');
    const [row] = await transaction.query<{ expires_at: Date }>(
      `INSERT INTO subscription_binding (token_hash, subscription_id, expires_at)
       VALUES ($1, $2, now() + make_interval(secs => $3)) RETURNING expires_at`,
      [hashOf(token), subscriptionId, BINDING_SECONDS],
    );
    if (row === undefined) throw new Error('The token was not stored');
    return { token, expiresAt: row.expires_at };
  }

  /** Once. @returns the subscription that the token is for */
  async takeBinding(transaction: Reads, token: string): Promise<string | undefined> {
    const [row] = await transaction.query<{ subscription_id: string }>(
      `DELETE FROM subscription_binding WHERE token_hash = $1 AND expires_at > now() RETURNING subscription_id`,
      [hashOf(token)],
    );
    return row?.subscription_id;
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
