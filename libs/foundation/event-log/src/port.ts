import type { EventEnvelope, EventType, NewEvent } from '@samenhang/data-model';

/**
 * A running database transaction. Structural, so that the port knows no database library: TypeORM's EntityManager and
 * a pg client wrapper both fit.
 */
export interface Transaction {
  query<Row = Record<string, unknown>>(sql: string, parameters?: unknown[]): Promise<Row[]>;
}

/**
 * Writes events in the transaction of the change they tell of: both happen or neither does. It takes one statement, sent
 * before the call returns, so that a publisher may have its commit follow at once.
 */
export interface EventOutbox {
  publish(transaction: Transaction, events: readonly NewEvent[]): Promise<void>;
}

/**
 * Handles a chunk of events in one transaction; the consumer's progress is committed with it, so effects happen
 * exactly once. Events of one key arrive in order. Throwing undoes the chunk: the log then isolates the event that
 * fails, retries it, and at last parks it with everything that follows for its key, while other keys flow on.
 */
export interface EventConsumer<T extends EventType = EventType> {
  /** Name of the consumer group; its progress is kept under this name. Usually the service's name. */
  readonly group: string;
  readonly type: T;
  handle(transaction: Transaction, events: readonly EventEnvelope<T>[]): Promise<void>;
}

/** An event that could not be handled, or waits behind one of the same key that could not. */
export interface ParkedEvent {
  readonly id: string;
  readonly group: string;
  readonly type: EventType;
  readonly key: string;
  readonly tenant: string | null;
  /** Why: the error's name and message; null for an event that only waits. */
  readonly reason: string | null;
  readonly attempts: number;
  readonly parkedAt: string;
}

/** How far a consumer is behind. */
export interface ConsumerLag {
  readonly group: string;
  readonly type: EventType;
  readonly waiting: number;
  readonly parked: number;
}

export interface EventLog extends EventOutbox {
  /** Register before `start`. */
  subscribe(consumer: EventConsumer): void;
  start(): Promise<void>;
  /** Finishes the chunk at hand, then stops. */
  stop(): Promise<void>;
  lag(): Promise<ConsumerLag[]>;
  listParked(group: string): Promise<ParkedEvent[]>;
  /** Handles a key's parked events again, in their order; stops at the first that fails again. Returns how many were handled. */
  resume(group: string, key: string): Promise<number>;
}

/** Thrown by a handler when the fault is not the event's (a service is down): retried without limit, never parked. */
export class TransientError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TransientError';
  }
}
