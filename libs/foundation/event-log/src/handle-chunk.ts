import { findViolation, type Delivery } from './delivery.js';
import { describeFault, isTransient } from './fault.js';
import type { EventConsumer, Transaction } from './port.js';
import { delayAfter, type RetryPolicy } from './retry.js';

/** What a transaction may still handle of a chunk, read under the consumer's lock. */
export interface Admission {
  /** Without what was handled before. */
  readonly deliveries: readonly Delivery[];
  /** Keys with parked events: whatever arrives for them has to wait behind those. */
  readonly parkedKeys: ReadonlySet<string>;
}

export interface ParkEntry {
  readonly delivery: Delivery;
  /** null: only waits behind an earlier event of its key. */
  readonly reason: string | null;
  readonly attempts: number;
}

/** Where one consumer's progress and parked events are kept: in the database of its effects, so that they commit together. */
export interface ChunkStore {
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** First statement of a transaction: takes the consumer's lock. */
  admit(transaction: Transaction, deliveries: readonly Delivery[]): Promise<Admission>;
  park(transaction: Transaction, entries: readonly ParkEntry[]): Promise<void>;
  /** Records that these deliveries are dealt with: handled or parked. */
  advance(transaction: Transaction, deliveries: readonly Delivery[]): Promise<void>;
}

export interface ChunkObserver {
  waiting(fault: string, attempt: number): void;
  parked(entries: readonly ParkEntry[]): void;
}

export interface ChunkHandling {
  readonly consumer: EventConsumer;
  readonly store: ChunkStore;
  readonly retry: RetryPolicy;
  readonly observer: ChunkObserver;
  /** Waits; throws LetGo when the engine has to give the chunk back (it stops, or lost the partition). */
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** Thrown by an engine to leave a chunk where it is: progress of finished parts stays, the rest comes again later. */
export class LetGo extends Error {
  override readonly name = 'LetGo';
}

/**
 * Deals with a chunk to the end: every event is handled or parked, in the order of its key. Faults of the
 * surroundings are waited out; otherwise the chunk is halved until the failing event stands alone, so that k bad
 * events among n cost some 2·k·log2(n) transactions and never hold up another key.
 */
export async function handleChunk(deliveries: readonly Delivery[], handling: ChunkHandling): Promise<void> {
  if (deliveries.length === 0) return;
  const fault = await attempt(deliveries, handling);
  if (fault === undefined) return;
  const [only] = deliveries;
  if (deliveries.length === 1 && only !== undefined) return settle(only, fault, handling);
  const middle = Math.ceil(deliveries.length / 2);
  await handleChunk(deliveries.slice(0, middle), handling);
  await handleChunk(deliveries.slice(middle), handling);
}

/** Tries a failing event again a few times, then parks it. */
async function settle(delivery: Delivery, firstFault: Fault, handling: ChunkHandling): Promise<void> {
  let fault = firstFault;
  for (let attempts = 1; attempts < handling.retry.attempts; attempts += 1) {
    await handling.pause(delayAfter(attempts, handling.retry));
    const next = await attempt([delivery], handling);
    if (next === undefined) return;
    fault = next;
  }
  await attempt([delivery], handling, {
    reason: describeFault(fault.thrown),
    attempts: handling.retry.attempts,
  });
}

interface Fault {
  readonly thrown: unknown;
}

interface Verdict {
  readonly reason: string;
  readonly attempts: number;
}

/** One chunk, one transaction. Returns the fault when it is the events'; waits out the surroundings' faults. */
async function attempt(
  deliveries: readonly Delivery[],
  handling: ChunkHandling,
  verdict?: Verdict,
): Promise<Fault | undefined> {
  for (let tries = 1; ; tries += 1) {
    try {
      await commitChunk(deliveries, handling, verdict);
      return undefined;
    } catch (thrown) {
      if (thrown instanceof LetGo) throw thrown;
      // Parking itself runs no code of the consumer: when it fails, the database is at fault, not the event.
      if (!isTransient(thrown) && verdict === undefined) return { thrown };
      handling.observer.waiting(describeFault(thrown), tries);
      await handling.pause(delayAfter(tries, handling.retry));
    }
  }
}

async function commitChunk(
  deliveries: readonly Delivery[],
  handling: ChunkHandling,
  verdict: Verdict | undefined,
): Promise<void> {
  const { consumer, store } = handling;
  const parked = await store.transaction(async (transaction) => {
    const admission = await store.admit(transaction, deliveries);
    const { handle, park } = sortOut(admission, verdict);
    if (handle.length > 0) await consumer.handle(transaction, handle);
    if (park.length > 0) await store.park(transaction, park);
    await store.advance(transaction, deliveries);
    return park;
  });
  if (parked.length > 0) handling.observer.parked(parked);
}

/** Which events go to the consumer, and which are parked: condemned, in breach of contract, or behind one that is. */
export function sortOut(
  admission: Admission,
  verdict?: Verdict,
): { handle: Delivery['event'][]; park: ParkEntry[] } {
  const handle: Delivery['event'][] = [];
  const park: ParkEntry[] = [];
  const blocked = new Set(admission.parkedKeys);
  for (const delivery of admission.deliveries) {
    const { key } = delivery.event;
    if (blocked.has(key)) {
      park.push({ delivery, reason: null, attempts: 0 });
      continue;
    }
    const reason = verdict?.reason ?? findViolation(delivery);
    if (reason === undefined) {
      handle.push(delivery.event);
    } else {
      park.push({ delivery, reason, attempts: verdict?.attempts ?? 0 });
      blocked.add(key);
    }
  }
  return { handle, park };
}
