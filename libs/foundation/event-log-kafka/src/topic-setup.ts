import { eventTypes } from '@samenhang/data-model';
import { maximumPayloadBytes } from '@samenhang/event-log-postgres';
import type { Admin, Kafka } from 'kafkajs';
import { topicOf, type TopicSettings } from './kafka-settings.js';

const MEGABYTE = 1024 * 1024;

/**
 * Creates the topics of the event catalogue before anything subscribes to them (kafkajs does not survive subscribing
 * to a topic that does not exist). A topic that is there is left as it is.
 */
export class TopicSetup {
  private done: Promise<void> | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly settings: TopicSettings,
  ) {}

  /** @throws when no broker can be reached; to be called again later */
  ensure(): Promise<void> {
    this.done ??= this.create().catch((error: unknown) => {
      this.done = undefined;
      throw error;
    });
    return this.done;
  }

  /** After a fault: the cluster may have come back without its topics. */
  forget(): void {
    this.done = undefined;
  }

  private async create(): Promise<void> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      await this.createMissing(admin);
    } finally {
      await admin.disconnect();
    }
  }

  private async createMissing(admin: Admin): Promise<void> {
    const existing = new Set(await admin.listTopics());
    const missing = eventTypes
      .map((type) => topicOf(type, this.settings))
      .filter((topic) => !existing.has(topic));
    if (missing.length === 0) return;
    await admin.createTopics({
      waitForLeaders: true,
      topics: missing.map((topic) => ({
        topic,
        numPartitions: this.settings.partitions,
        replicationFactor: this.settings.replicationFactor,
        configEntries: [{ name: 'max.message.bytes', value: String(maximumPayloadBytes + 8 * MEGABYTE) }],
      })),
    });
  }
}
