import { setTimeout as delay } from 'node:timers/promises';
import type { EventType } from '@samenhang/data-model';
import type { ConsumerLag, EventConsumer } from '@samenhang/event-log';
import { countParked, readRows, type EventLogDatabase } from '@samenhang/event-log-postgres';
import type { Admin, Kafka } from 'kafkajs';
import { kafkaGroupOf, topicOf, type TopicSettings } from './kafka-settings.js';
import type { TopicSetup } from './topic-setup.js';

const ATTEMPTS = 4;

/** Measures how far consumers are behind: in the outbox, and in their topic. */
export class LagMeter {
  private connected: Promise<Admin> | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly topicSetup: TopicSetup,
    private readonly topics: TopicSettings,
    private readonly database: EventLogDatabase,
  ) {}

  /** @throws when no broker can be reached */
  async measure(consumer: EventConsumer): Promise<ConsumerLag> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.measureOnce(consumer);
      } catch (error) {
        // A coordinator that has just started or moved does not know its groups yet.
        if (attempt === ATTEMPTS || (error as { retriable?: unknown }).retriable !== true) throw error;
        await delay(attempt * 200);
      }
    }
  }

  private async measureOnce({ group, type }: EventConsumer): Promise<ConsumerLag> {
    try {
      await this.topicSetup.ensure();
      const admin = await (this.connected ??= this.connect());
      // The outbox first: an event on its way from the one to the other must not be missed.
      const inOutbox = await this.countOutbox(type);
      const inTopic = await this.countTopic(admin, group, type);
      return {
        group,
        type,
        waiting: inOutbox + inTopic,
        parked: await countParked(this.database, group, type),
      };
    } catch (error) {
      await this.close();
      this.topicSetup.forget();
      throw error;
    }
  }

  async close(): Promise<void> {
    const connected = this.connected;
    this.connected = undefined;
    await connected?.then((admin) => admin.disconnect()).catch(() => {});
  }

  private async connect(): Promise<Admin> {
    const admin = this.kafka.admin();
    await admin.connect();
    return admin;
  }

  private async countOutbox(type: EventType): Promise<number> {
    const [row] = await readRows<{ waiting: number }>(
      this.database,
      'SELECT count(*)::integer AS waiting FROM (SELECT 1 FROM event_log.event WHERE type = $1 LIMIT 1000000) AS behind',
      [type],
    );
    return row?.waiting ?? 0;
  }

  private async countTopic(admin: Admin, group: string, type: EventType): Promise<number> {
    const topic = topicOf(type, this.topics);
    const ends = await admin.fetchTopicOffsets(topic);
    const [committed] = await admin.fetchOffsets({
      groupId: kafkaGroupOf(group, type, this.topics),
      topics: [topic],
    });
    const reached = new Map(
      committed?.partitions.map(({ partition, offset }) => [partition, Number(offset)]),
    );
    return ends.reduce((sum, { partition, high, low }) => {
      const offset = reached.get(partition) ?? -1;
      return sum + Math.max(0, Number(high) - (offset < 0 ? Number(low) : offset));
    }, 0);
  }
}
