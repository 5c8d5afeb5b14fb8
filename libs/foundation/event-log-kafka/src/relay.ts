import { eventTypes, type EventType } from '@samenhang/data-model';
import {
  LetGo,
  type EventLogLogger,
  type Place,
  type RetryPolicy,
  type Transaction,
} from '@samenhang/event-log';
import {
  BackgroundTask,
  deleteEventsUpTo,
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
      await this.send(events);
      await this.remove(transaction, events);
      return true;
    });
  }

  private async send(events: readonly StoredEvent[]): Promise<void> {
    const byType = Map.groupBy(events, (event) => event.header.type);
    const topicMessages = [...byType].map(([type, ofType]) => ({
      topic: topicOf(type, this.settings.topics),
      messages: ofType.map(toMessage),
    }));
    try {
      const producer = await (this.connected ??= this.connect());
      await producer.sendBatch({ acks: -1, topicMessages });
    } catch (error) {
      // An idempotent producer that lost count is of no more use; a new one starts counting afresh.
      await this.disconnect();
      this.settings.topicSetup.forget();
      if (this.task.isStopping) throw new LetGo('Stopping');
      throw error;
    }
  }

  private async remove(transaction: Transaction, events: readonly StoredEvent[]): Promise<void> {
    const last = new Map<EventType, Place>(events.map(({ header, place }) => [header.type, place]));
    for (const [type, place] of last)
      await deleteEventsUpTo(transaction.query.bind(transaction), type, this.settings.producer, place);
  }

  private async connect(): Promise<Producer> {
    const { kafka, topicSetup } = this.settings;
    await topicSetup.ensure();
    const producer = kafka.producer({
      idempotent: true,
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
