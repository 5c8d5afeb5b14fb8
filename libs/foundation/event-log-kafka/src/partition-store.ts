import type { Admission, ChunkStore, Delivery, ParkEntry, Transaction } from '@samenhang/event-log';
import {
  consumerLock,
  insertParked,
  PARTITION_LOCK,
  partitionLock,
  readParkedKeys,
  type EventLogDatabase,
} from '@samenhang/event-log-postgres';
import { dropKnown, lastPlaces, raiseMarks, readMarks, type PartitionIdentity } from './marks.js';

/** Progress of one consumer on one partition, in the database of its effects. */
export class PartitionStore implements ChunkStore {
  constructor(
    private readonly database: EventLogDatabase,
    private readonly identity: PartitionIdentity,
  ) {}

  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.database.runInTransaction(work);
  }

  /** A consumer that lost its partition without knowing may still be at work: the lock makes us wait for its end. */
  async admit(transaction: Transaction, deliveries: readonly Delivery[]): Promise<Admission> {
    const { group, type, partition } = this.identity;
    await transaction.query(PARTITION_LOCK, [
      consumerLock(group, type),
      partitionLock(group, type, partition),
    ]);
    const { marks, start } = await readMarks(transaction, this.identity);
    const fresh = dropKnown(deliveries, marks, start);
    const keys = (): string[] => fresh.map(({ event }) => event.key);
    return { deliveries: fresh, parkedKeys: await readParkedKeys(transaction, group, type, keys) };
  }

  park(transaction: Transaction, entries: readonly ParkEntry[]): Promise<void> {
    return insertParked(transaction, this.identity.group, this.identity.type, entries);
  }

  advance(transaction: Transaction, deliveries: readonly Delivery[]): Promise<void> {
    return raiseMarks(transaction, this.identity, lastPlaces(deliveries));
  }
}
