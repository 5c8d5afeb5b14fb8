import type { EventType, NewEvent } from '@samenhang/data-model';
import {
  defaultRetryPolicy,
  silentLogger,
  type ConsumerLag,
  type EventConsumer,
  type EventLog,
  type EventLogLogger,
  type ParkedEvent,
  type RetryPolicy,
  type Transaction,
} from '@samenhang/event-log';
import type { PauseLimits } from './adaptive-pause.js';
import { BackgroundTask } from './background-task.js';
import { ConsumerLoop } from './consumer-loop.js';
import { ConsumerRegistry } from './consumer-registry.js';
import { processBell, type EventBell } from './event-bell.js';
import type { EventLogDatabase } from './event-log-database.js';
import { countParked, listParkedEvents } from './parked-events.js';
import { countWaiting } from './progress.js';
import { insertEvents } from './publish-events.js';
import { defaultChunkLimits, type ChunkLimits } from './read-events.js';
import { resumeKey } from './resume-key.js';
import { defaultRetention, pruneEvents, type RetentionPolicy } from './retention.js';

export interface PostgresEventLogSettings extends EventLogDatabase {
  /** Name of the publishing service. */
  readonly producer: string;
  readonly logger?: EventLogLogger;
  readonly chunk?: Partial<ChunkLimits>;
  readonly retry?: Partial<RetryPolicy>;
  readonly idle?: Partial<PauseLimits>;
  readonly retention?: Partial<RetentionPolicy>;
  readonly bell?: EventBell;
}

/** The longest idle wait only matters for events of other processes: the bell announces those of this one. */
const defaultIdle: PauseLimits = { shortestMilliseconds: 2, longestMilliseconds: 500 };

/** The embedded engine: the outbox table in the services' own database is the log. */
export class PostgresEventLog implements EventLog {
  private readonly consumers = new ConsumerRegistry();
  private readonly logger: EventLogLogger;
  private readonly bell: EventBell;
  private tasks: BackgroundTask[] = [];
  private deafen: (() => void)[] = [];

  constructor(private readonly settings: PostgresEventLogSettings) {
    this.logger = settings.logger ?? silentLogger;
    this.bell = settings.bell ?? processBell;
  }

  async publish(transaction: Transaction, events: readonly NewEvent[]): Promise<void> {
    await insertEvents(transaction, this.settings.producer, events);
    this.bell.ring(new Set(events.map((event) => event.type)));
  }

  subscribe(consumer: EventConsumer): void {
    this.consumers.add(consumer);
  }

  start(): Promise<void> {
    if (this.tasks.length > 0) return Promise.resolve();
    for (const consumer of this.consumers.all()) this.startLoop(consumer);
    this.tasks.push(this.retentionTask());
    for (const task of this.tasks) task.start();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    for (const deafen of this.deafen.splice(0)) deafen();
    await Promise.all(this.tasks.splice(0).map((task) => task.stop()));
  }

  lag(): Promise<ConsumerLag[]> {
    return Promise.all(
      this.consumers.all().map(async ({ group, type }) => ({
        group,
        type,
        waiting: await countWaiting(this.settings, group, type),
        parked: await countParked(this.settings, group, type),
      })),
    );
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

  private startLoop(consumer: EventConsumer): void {
    const { task } = new ConsumerLoop({
      database: this.settings,
      consumer,
      chunk: { ...defaultChunkLimits, ...this.settings.chunk },
      retry: { ...defaultRetryPolicy, ...this.settings.retry },
      idle: { ...defaultIdle, ...this.settings.idle },
      logger: this.logger,
    });
    const types: EventType[] = [consumer.type];
    this.deafen.push(this.bell.listen(types, () => task.ring()));
    this.tasks.push(task);
  }

  private retentionTask(): BackgroundTask {
    const policy = { ...defaultRetention, ...this.settings.retention };
    return new BackgroundTask({
      name: 'retention',
      limits: {
        shortestMilliseconds: policy.everyMilliseconds,
        longestMilliseconds: policy.everyMilliseconds,
      },
      retry: { ...defaultRetryPolicy, firstDelayMilliseconds: 1_000 },
      logger: this.logger,
      look: () => pruneEvents(this.settings, policy),
    });
  }
}
