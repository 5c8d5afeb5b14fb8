import type { NewEvent } from '@samenhang/data-model';
import {
  defaultRetryPolicy,
  silentLogger,
  type ConsumerLag,
  type EventConsumer,
  type EventLog,
  type EventLogLogger,
  type ParkedEvent,
  type Transaction,
} from '@samenhang/event-log';
import {
  ConsumerRegistry,
  defaultChunkLimits,
  insertEvents,
  listParkedEvents,
  processBell,
  resumeKey,
  type EventBell,
} from '@samenhang/event-log-postgres';
import { eventTypes } from '@samenhang/data-model';
import type { Kafka } from 'kafkajs';
import { LagMeter } from './consumer-lag.js';
import { createKafkaClient } from './kafka-client.js';
import { KafkaConsumer } from './kafka-consumer.js';
import {
  defaultRelayIdle,
  defaultTiming,
  defaultTopics,
  type KafkaEventLogSettings,
  type TopicSettings,
} from './kafka-settings.js';
import { Relay } from './relay.js';
import { TopicSetup } from './topic-setup.js';

/** The distributed engine: the outbox is relayed to Kafka, and consumers read from there. */
export class KafkaEventLog implements EventLog {
  private readonly consumers = new ConsumerRegistry();
  private readonly logger: EventLogLogger;
  private readonly bell: EventBell;
  private readonly topics: TopicSettings;
  private readonly kafka: Kafka;
  private readonly topicSetup: TopicSetup;
  private readonly lagMeter: LagMeter;
  private running:
    { readonly relay: Relay; readonly consumers: readonly KafkaConsumer[]; deafen(): void } | undefined;

  constructor(private readonly settings: KafkaEventLogSettings) {
    this.logger = settings.logger ?? silentLogger;
    this.bell = settings.bell ?? processBell;
    this.topics = { ...defaultTopics, ...settings.topics };
    this.kafka = createKafkaClient(settings.producer, settings.brokers, this.logger);
    this.topicSetup = new TopicSetup(this.kafka, this.topics);
    this.lagMeter = new LagMeter(this.kafka, this.topicSetup, this.topics, settings);
  }

  async publish(transaction: Transaction, events: readonly NewEvent[]): Promise<void> {
    await insertEvents(transaction, this.settings.producer, events);
    this.bell.ring(new Set(events.map((event) => event.type)));
  }

  subscribe(consumer: EventConsumer): void {
    this.consumers.add(consumer);
  }

  /** Does not wait for a broker: a service is up, and takes in events, also while Kafka is not. */
  start(): Promise<void> {
    if (this.running !== undefined) return Promise.resolve();
    const relay = this.createRelay();
    const consumers = this.consumers.all().map((consumer) => this.createConsumer(consumer));
    this.running = { relay, consumers, deafen: this.bell.listen(eventTypes, () => relay.task.ring()) };
    relay.task.start();
    for (const consumer of consumers) consumer.start();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    const running = this.running;
    this.running = undefined;
    running?.deafen();
    await Promise.all([
      ...(running?.consumers ?? []).map((consumer) => consumer.stop()),
      running?.relay.stop(),
      this.lagMeter.close(),
    ]);
  }

  async lag(): Promise<ConsumerLag[]> {
    const lags: ConsumerLag[] = [];
    for (const consumer of this.consumers.all()) lags.push(await this.lagMeter.measure(consumer));
    return lags;
  }

  listParked(group: string): Promise<ParkedEvent[]> {
    return listParkedEvents(this.settings, group);
  }

  async resume(group: string, key: string): Promise<number> {
    let handled = 0;
    for (const consumer of this.consumers.ofGroup(group))
      handled += await resumeKey(this.settings, consumer, key);
    return handled;
  }

  private createRelay(): Relay {
    const { settings, kafka, topicSetup, topics, logger } = this;
    return new Relay({
      database: settings,
      producer: settings.producer,
      kafka,
      topicSetup,
      topics,
      logger,
      batch: { events: 1_000, bytes: defaultChunkLimits.bytes },
      idle: { ...defaultRelayIdle, ...settings.idle },
      retry: { ...defaultRetryPolicy, ...settings.retry },
    });
  }

  private createConsumer(consumer: EventConsumer): KafkaConsumer {
    const { settings, kafka, topicSetup, topics, logger } = this;
    return new KafkaConsumer({
      database: settings,
      consumer,
      kafka,
      topicSetup,
      topics,
      logger,
      chunk: { ...defaultChunkLimits, ...settings.chunk },
      retry: { ...defaultRetryPolicy, ...settings.retry },
      timing: { ...defaultTiming, ...settings.consumer },
    });
  }
}
