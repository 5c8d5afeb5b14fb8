import type { EventType } from '@samenhang/data-model';
import {
  LetGo,
  type Admission,
  type ChunkStore,
  type Delivery,
  type ParkEntry,
  type Place,
  type Transaction,
} from '@samenhang/event-log';
import { consumerLock, TRY_CONSUMER_LOCK } from './consumer-locks.js';
import type { EventLogDatabase } from './event-log-database.js';
import { insertParked, readParkedKeys } from './parked-events.js';
import { moveProgress, readProgress } from './progress.js';

/** Progress of one consumer of the embedded engine: the place of the last event it is done with. */
export class PostgresChunkStore implements ChunkStore {
  constructor(
    private readonly database: EventLogDatabase,
    private readonly group: string,
    private readonly type: EventType,
    private place: Place,
  ) {}

  /** Counts only once the transaction that reached it has committed. */
  private reached: Place | undefined;

  get progress(): Place {
    return this.place;
  }

  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    this.reached = undefined;
    const result = await this.database.runInTransaction(work);
    this.place = this.reached ?? this.place;
    return result;
  }

  /**
   * Lock and look are two statements: each sees what was committed when it began, and whoever held the lock before
   * has committed by the time the second begins.
   */
  async admit(transaction: Transaction, deliveries: readonly Delivery[]): Promise<Admission> {
    const [lock] = await transaction.query<{ locked: boolean }>(TRY_CONSUMER_LOCK, [
      consumerLock(this.group, this.type),
    ]);
    if (lock?.locked !== true) throw new LetGo('Another process handles these events');
    const stored = await readProgress(transaction, this.group, this.type);
    if (stored === undefined || stored.tx !== this.place.tx || stored.position !== this.place.position) {
      throw new LetGo('Another process has handled these events');
    }
    const keys = (): string[] => deliveries.map(({ event }) => event.key);
    return { deliveries, parkedKeys: await readParkedKeys(transaction, this.group, this.type, keys) };
  }

  park(transaction: Transaction, entries: readonly ParkEntry[]): Promise<void> {
    return insertParked(transaction, this.group, this.type, entries);
  }

  async advance(transaction: Transaction, deliveries: readonly Delivery[]): Promise<void> {
    const last = deliveries.at(-1);
    if (last === undefined) return;
    await moveProgress(transaction, this.group, this.type, last.place);
    this.reached = last.place;
  }
}
