import { describeFault, findViolation, isTransient, type EventConsumer } from '@samenhang/event-log';
import { CONSUMER_LOCK, consumerLock } from './consumer-locks.js';
import type { EventLogDatabase } from './event-log-database.js';
import { deleteParked, findFirstParked, recordFailedResume } from './parked-events.js';

/**
 * Handles a key's parked events again, oldest first, each in a transaction of its own under the consumer's lock, so
 * that nothing that arrives meanwhile can overtake them. Stops at the first that fails.
 * @returns how many were handled
 * @throws the fault, when it lies in the surroundings
 */
export async function resumeKey(
  database: EventLogDatabase,
  consumer: EventConsumer,
  key: string,
): Promise<number> {
  for (let handled = 0; ; handled += 1) {
    const outcome = await resumeFirst(database, consumer, key);
    if (outcome !== 'handled') return handled;
  }
}

class ResumeFailed extends Error {
  constructor(
    readonly sequence: string,
    readonly reason: string,
  ) {
    super('A parked event failed again');
  }
}

async function resumeFirst(
  database: EventLogDatabase,
  consumer: EventConsumer,
  key: string,
): Promise<'handled' | 'empty' | 'failed'> {
  const { group, type } = consumer;
  try {
    return await database.runInTransaction(async (transaction) => {
      await transaction.query(CONSUMER_LOCK, [consumerLock(group, type)]);
      const first = await findFirstParked(transaction, group, type, key);
      if (first === undefined) return 'empty';
      const violation = findViolation(first.delivery);
      if (violation !== undefined) throw new ResumeFailed(first.sequence, violation);
      try {
        await consumer.handle(transaction, [first.delivery.event]);
      } catch (thrown) {
        if (isTransient(thrown)) throw thrown;
        throw new ResumeFailed(first.sequence, describeFault(thrown));
      }
      await deleteParked(transaction, first.sequence);
      return 'handled';
    });
  } catch (error) {
    if (!(error instanceof ResumeFailed)) throw error;
    await database.runInTransaction((transaction) =>
      recordFailedResume(transaction, error.sequence, error.reason),
    );
    return 'failed';
  }
}
