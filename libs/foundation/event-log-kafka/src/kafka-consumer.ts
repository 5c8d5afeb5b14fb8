import { BackgroundTask } from '@samenhang/event-log-postgres';
import type { Consumer, Kafka } from 'kafkajs';
import { kafkaGroupOf, topicOf, type ConsumerTiming, type TopicSettings } from './kafka-settings.js';
import { readPartition, type PartitionReaderSettings } from './partition-reader.js';
import type { TopicSetup } from './topic-setup.js';

export interface KafkaConsumerSettings extends PartitionReaderSettings {
  readonly kafka: Kafka;
  readonly topicSetup: TopicSetup;
  readonly topics: TopicSettings;
  readonly timing: ConsumerTiming;
}

/**
 * Keeps one kafkajs consumer at work for one group and type. kafkajs gives up after faults it does not understand
 * (and with a broker that is away at the start); then a new one takes over, again and again, until stopped.
 */
export class KafkaConsumer {
  private readonly task: BackgroundTask;
  private current: Consumer | undefined;

  constructor(private readonly settings: KafkaConsumerSettings) {
    const { group, type } = settings.consumer;
    this.task = new BackgroundTask({
      name: `${group}/${type}`,
      // The look lasts as long as the consumer does.
      limits: { shortestMilliseconds: 100, longestMilliseconds: 1_000 },
      retry: { ...settings.retry, firstDelayMilliseconds: 250 },
      logger: settings.logger,
      look: () => this.consumeUntilCrash(),
    });
  }

  start(): void {
    this.task.start();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.endWork();
    await this.task.stop();
  }

  private stopping = false;
  private endWork: () => void = () => {};

  private async consumeUntilCrash(): Promise<boolean> {
    const { kafka, consumer, topicSetup, topics, timing } = this.settings;
    await topicSetup.ensure();
    const work = kafka.consumer({
      groupId: kafkaGroupOf(consumer.group, consumer.type, topics),
      sessionTimeout: timing.sessionTimeoutMilliseconds,
      heartbeatInterval: Math.floor(timing.sessionTimeoutMilliseconds / 4),
      rebalanceTimeout: 30_000,
      maxWaitTimeInMs: timing.fetchWaitMilliseconds,
      allowAutoTopicCreation: false,
      // A crash ends this consumer; we start the next.
      retry: { restartOnFailure: () => Promise.resolve(false) },
    });
    this.current = work;
    const ended = new Promise<void>((resolve, reject) => {
      this.endWork = resolve;
      work.on(work.events.CRASH, ({ payload }) => reject(payload.error));
    });
    ended.catch(() => {});
    try {
      await work.connect();
      await work.subscribe({ topic: topicOf(consumer.type, topics), fromBeginning: true });
      await work.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: (payload) => readPartition(payload, this.settings),
      });
      if (!this.stopping) await ended;
      return false;
    } catch (error) {
      topicSetup.forget();
      throw error;
    } finally {
      // Waits for the chunk at hand.
      await this.current.disconnect().catch(() => {});
      this.current = undefined;
    }
  }
}
