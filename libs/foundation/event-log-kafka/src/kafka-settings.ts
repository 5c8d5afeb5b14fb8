import type { EventType } from '@samenhang/data-model';
import type { EventLogLogger, RetryPolicy } from '@samenhang/event-log';
import type { ChunkLimits, EventBell, EventLogDatabase, PauseLimits } from '@samenhang/event-log-postgres';

export interface KafkaEventLogSettings extends EventLogDatabase {
  /** Name of the publishing service. */
  readonly producer: string;
  /** `host:port` of one or more brokers. */
  readonly brokers: readonly string[];
  readonly logger?: EventLogLogger;
  readonly topics?: Partial<TopicSettings>;
  readonly chunk?: Partial<ChunkLimits>;
  readonly retry?: Partial<RetryPolicy>;
  /** How the relay looks for events to hand on. */
  readonly idle?: Partial<PauseLimits>;
  readonly consumer?: Partial<ConsumerTiming>;
  readonly bell?: EventBell;
}

export interface TopicSettings {
  /** Topics and consumer groups are named `<prefix>.<event type>` and `<prefix>.<group>.<event type>`. */
  readonly prefix: string;
  /** Of a topic that does not exist yet: the most processes of one group that can share its work. */
  readonly partitions: number;
  /** Of a topic that does not exist yet; -1 leaves it to the cluster. */
  readonly replicationFactor: number;
}

export interface ConsumerTiming {
  /** After this long without a sign of life a consumer's partitions go to another. */
  readonly sessionTimeoutMilliseconds: number;
  /** The longest a broker holds a fetch that finds nothing; stopping takes at most this long. */
  readonly fetchWaitMilliseconds: number;
}

export const defaultTopics: TopicSettings = { prefix: 'samenhang', partitions: 4, replicationFactor: -1 };
export const defaultTiming: ConsumerTiming = {
  sessionTimeoutMilliseconds: 10_000,
  fetchWaitMilliseconds: 1_000,
};
export const defaultRelayIdle: PauseLimits = { shortestMilliseconds: 2, longestMilliseconds: 500 };

export const topicOf = (type: EventType, { prefix }: TopicSettings): string => `${prefix}.${type}`;

/**
 * One Kafka group for each type a group consumes: kafkajs hands a member partitions of topics it does not know when
 * members of one group differ in what they subscribe to, and a type whose events wait would hold up the others.
 */
export const kafkaGroupOf = (group: string, type: EventType, { prefix }: TopicSettings): string =>
  `${prefix}.${group}.${type}`;
