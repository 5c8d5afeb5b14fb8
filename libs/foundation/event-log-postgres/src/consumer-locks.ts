/** Advisory locks, held to the end of a transaction: they need no row, and no connection of their own. */
const lockOf = (parameter: string): string => `hashtextextended('samenhang event log ' || ${parameter}, 0)`;

/** Embedded engine: one process of a group at a time handles a type. Answers `locked`. */
export const TRY_CONSUMER_LOCK = `SELECT pg_try_advisory_xact_lock(${lockOf('$1::text')}) AS locked`;

/** Waits until nobody else handles events of this consumer. */
export const CONSUMER_LOCK = `SELECT pg_advisory_xact_lock(${lockOf('$1::text')})`;

/**
 * Kafka engine: partitions are handled side by side, each by one process at a time, but not while somebody holds
 * the consumer's lock to handle parked events.
 */
export const PARTITION_LOCK = `SELECT pg_advisory_xact_lock_shared(${lockOf('$1::text')}), pg_advisory_xact_lock(${lockOf('$2::text')})`;

/** One process at a time does a piece of background work. Answers `locked`. */
export const TRY_TASK_LOCK = TRY_CONSUMER_LOCK;

export const consumerLock = (group: string, type: string): string => `consumer ${group} ${type}`;
export const partitionLock = (group: string, type: string, partition: number): string =>
  `partition ${group} ${type} ${partition}`;
export const relayLock = (producer: string): string => `relay ${producer}`;
export const retentionLock = 'retention';
