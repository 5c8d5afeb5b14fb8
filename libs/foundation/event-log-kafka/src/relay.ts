import { eventTypes, type EventType } from '@samenhang/data-model';
import { LetGo, type EventLogLogger, type RetryPolicy, type Transaction } from '@samenhang/event-log';
import {
  BackgroundTask,
  deleteEventsBetween,
  readEventsOfProducer,
  relayLock,
  TRY_TASK_LOCK,
  type ChunkLimits,
  type EventLogDatabase,
  type PauseLimits,
  type StoredEvent,
} from '@samenhang/event-log-postgres';
import { Partitioners, type Kafka, type Producer } from 'kafkajs';
import { topicOf, type TopicSettings } from './kafka-settings.js';
import { toMessage } from './message-format.js';
import type { TopicSetup } from './topic-setup.js';

export interface RelaySettings {
  readonly database: EventLogDatabase;
  readonly producer: string;
  readonly kafka: Kafka;
  readonly topicSetup: TopicSetup;
  readonly topics: TopicSettings;
  readonly batch: ChunkLimits;
  readonly idle: PauseLimits;
  readonly retry: RetryPolicy;
  readonly logger: EventLogLogger;
}

/**
 * Hands a service's events from the outbox to Kafka: in order, one process at a time, and at least once (an event
 * leaves the outbox only after all replicas in sync have it). Consumers tell the repeats by their place.
 */
export class Relay {
  readonly task: BackgroundTask;
  private connected: Promise<Producer> | undefined;

  constructor(private readonly settings: RelaySettings) {
    this.task = new BackgroundTask({
      name: `relay/${settings.producer}`,
      limits: settings.idle,
      retry: settings.retry,
      logger: settings.logger,
      look: () => this.relayBatch(),
    });
  }

  async stop(): Promise<void> {
    await this.task.stop();
    await this.disconnect();
  }

  private relayBatch(): Promise<boolean> {
    const { database, producer, batch } = this.settings;
    return database.runInTransaction(async (transaction) => {
      const [lock] = await transaction.query<{ locked: boolean }>(TRY_TASK_LOCK, [relayLock(producer)]);
      if (lock?.locked !== true) return false;
      const events = await readEventsOfProducer(
        transaction.query.bind(transaction),
        eventTypes,
        producer,
        batch,
      );
      if (events.length === 0) return false;
      const byType = Map.groupBy(events, (event) => event.header.type);
      await this.send(byType);
      await this.remove(transaction, byType);
      return true;
    });
  }

  private async send(byType: ReadonlyMap<EventType, readonly StoredEvent[]>): Promise<void> {
    const topicMessages = [...byType].map(([type, ofType]) => ({
      topic: topicOf(type, this.settings.topics),
      messages: ofType.map(toMessage),
    }));
    try {
      const producer = await (this.connected ??= this.connect());
      await producer.sendBatch({ acks: -1, topicMessages });
    } catch (error) {
      // A new connection, in case this one is the fault.
      await this.disconnect();
      this.settings.topicSetup.forget();
      if (this.task.isStopping) throw new LetGo('Stopping');
      throw error;
    }
  }

  private async remove(
    transaction: Transaction,
    byType: ReadonlyMap<EventType, readonly StoredEvent[]>,
  ): Promise<void> {
    for (const [type, events] of byType) {
      const [first, last] = [events[0], events.at(-1)];
      if (first === undefined || last === undefined) continue;
      await deleteEventsBetween(
        transaction.query.bind(transaction),
        type,
        this.settings.producer,
        first.place,
        last.place,
      );
    }
  }

  private async connect(): Promise<Producer> {
    const { kafka, topicSetup } = this.settings;
    await topicSetup.ensure();
    const producer = kafka.producer({
      // One request at a time keeps the order; repeats are told by their place, also those of a relay that died. So
      // kafkajs' idempotent mode (experimental, and lost after some faults) would add nothing.
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    return producer;
  }

  private async disconnect(): Promise<void> {
    const connected = this.connected;
    this.connected = undefined;
    await connected?.then((producer) => producer.disconnect()).catch(() => {});
  }
}
