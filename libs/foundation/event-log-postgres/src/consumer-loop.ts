import {
  describeFault,
  handleChunk,
  LetGo,
  type EventConsumer,
  type EventLogLogger,
  type RetryPolicy,
} from '@samenhang/event-log';
import type { PauseLimits } from './adaptive-pause.js';
import { BackgroundTask } from './background-task.js';
import { logObserver } from './log-observer.js';
import type { EventLogDatabase } from './event-log-database.js';
import { PostgresChunkStore } from './postgres-chunk-store.js';
import { openProgress } from './progress.js';
import { readEventsAfter, type ChunkLimits } from './read-events.js';

/** While another process of the group handles the type, this is how often we look whether it has gone. */
const STANDBY_MILLISECONDS = 50;

export interface ConsumerLoopSettings {
  readonly database: EventLogDatabase;
  readonly consumer: EventConsumer;
  readonly chunk: ChunkLimits;
  readonly retry: RetryPolicy;
  readonly idle: PauseLimits;
  readonly logger: EventLogLogger;
}

/** Reads one type for one group and has it handled, chunk after chunk. */
export class ConsumerLoop {
  readonly task: BackgroundTask;
  private store: PostgresChunkStore | undefined;

  constructor(private readonly settings: ConsumerLoopSettings) {
    const { group, type } = settings.consumer;
    this.task = new BackgroundTask({
      name: `${group}/${type}`,
      limits: settings.idle,
      retry: settings.retry,
      logger: settings.logger,
      look: () => this.look(),
    });
  }

  private async look(): Promise<boolean> {
    const { database, consumer, chunk, retry, logger } = this.settings;
    const store = (this.store ??= await this.openStore());
    const deliveries = await readEventsAfter(database, consumer.type, store.progress, chunk);
    if (deliveries.length === 0) return false;
    try {
      const pause = (milliseconds: number): Promise<void> => this.task.pause(milliseconds);
      await handleChunk(deliveries, {
        consumer,
        store,
        retry,
        pause,
        observer: logObserver(logger, consumer),
      });
      return true;
    } catch (error) {
      if (!(error instanceof LetGo)) logger.error({ fault: describeFault(error) }, 'chunk abandoned');
      this.store = undefined;
      await this.task.pause(STANDBY_MILLISECONDS);
      return true;
    }
  }

  private async openStore(): Promise<PostgresChunkStore> {
    const { database, consumer } = this.settings;
    const place = await openProgress(database, consumer.group, consumer.type);
    return new PostgresChunkStore(database, consumer.group, consumer.type, place);
  }
}
