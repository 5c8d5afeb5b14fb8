import type { ChunkObserver, EventConsumer, EventLogLogger } from '@samenhang/event-log';

/** Reports what happens to a consumer's chunks. Ids and reasons only: keys are hashes, payloads stay out. */
export function logObserver(logger: EventLogLogger, { group, type }: EventConsumer): ChunkObserver {
  return {
    waiting: (fault, attempt) =>
      logger.warn({ group, type, fault, attempt }, 'events wait for a fault to pass'),
    parked: (entries) => {
      for (const { delivery, reason, attempts } of entries) {
        if (reason !== null)
          logger.error({ group, type, eventId: delivery.event.id, reason, attempts }, 'event parked');
      }
      const waiting = entries.filter((entry) => entry.reason === null).length;
      if (waiting > 0)
        logger.warn({ group, type, waiting }, 'events parked behind an earlier one of their key');
    },
  };
}
