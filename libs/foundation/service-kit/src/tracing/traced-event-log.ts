import type { EventEnvelope } from '@samenhang/data-model';
import type { ConsumerLag, EventConsumer, EventLog, ParkedEvent, Transaction } from '@samenhang/event-log';
import type { Tracing } from './tracing.js';

/** An event log whose consumers leave a span for each event that belongs to a trace, and pass their own on. */
export class TracedEventLog implements EventLog {
  constructor(
    private readonly log: EventLog,
    private readonly tracing: Tracing,
  ) {}

  subscribe(consumer: EventConsumer): void {
    this.log.subscribe(traced(consumer, this.tracing));
  }

  publish(...parameters: Parameters<EventLog['publish']>): Promise<void> {
    return this.log.publish(...parameters);
  }

  start(): Promise<void> {
    return this.log.start();
  }

  stop(): Promise<void> {
    return this.log.stop();
  }

  lag(): Promise<ConsumerLag[]> {
    return this.log.lag();
  }

  listParked(group: string): Promise<ParkedEvent[]> {
    return this.log.listParked(group);
  }

  resume(group: string, key: string): Promise<number> {
    return this.log.resume(group, key);
  }
}

function traced(consumer: EventConsumer, tracing: Tracing): EventConsumer {
  const { group, type } = consumer;
  return {
    group,
    type,
    handle: async (transaction: Transaction, events: readonly EventEnvelope[]) => {
      const spans = events.map(({ traceparent: parent, tenant }) =>
        parent === undefined
          ? undefined
          : tracing.startSpan(group, {
              kind: 'consumer',
              parent,
              attributes: { 'messaging.destination.name': type, ...(tenant === null ? {} : { tenant }) },
            }),
      );
      const within = events.map((event, index) => {
        const traceparent = spans[index]?.traceparent;
        return traceparent === undefined ? event : { ...event, traceparent };
      });
      try {
        await consumer.handle(transaction, within);
      } catch (fault) {
        for (const span of spans) span?.end(fault);
        throw fault;
      }
      for (const span of spans) span?.end();
    },
  };
}
