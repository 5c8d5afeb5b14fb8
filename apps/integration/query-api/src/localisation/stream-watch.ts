import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { EventType } from '@samenhang/data-model';
import type { EventLog } from '@samenhang/event-log';
import { EVENT_LOG } from '@samenhang/service-kit';
import { QueryApiConfiguration } from '../configuration.js';
import { LocalisationChangeStore } from './localisation-change-store.js';

const LOOK_MS = 1_000;
const WATCHED: ReadonlySet<EventType> = new Set(['localisation.registered', 'localisation.withdrawn']);

/** Knows when all changes at the index were last heard of. Without that knowledge nothing that is kept may be used. */
@Injectable()
export class StreamWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #caughtUpAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly changes: LocalisationChangeStore,
    private readonly configuration: QueryApiConfiguration,
    @Inject(EVENT_LOG) private readonly eventLog: Pick<EventLog, 'lag'>,
  ) {}

  onApplicationBootstrap(): void {
    if (this.configuration.localisationCacheSeconds === 0) return;
    this.#timer = setInterval(() => (this.#looking = this.#looking.then(() => this.#look())), LOOK_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  /** Whether every change older than the allowed lag was heard of. */
  isCurrent(): boolean {
    return performance.now() - this.#caughtUpAt <= this.configuration.localisationLagSeconds * 1_000;
  }

  async #look(): Promise<void> {
    const began = performance.now();
    try {
      const watched = (await this.eventLog.lag()).filter(({ type }) => WATCHED.has(type));
      const behind = watched.some(({ waiting, parked }) => waiting + parked > 0);
      if (watched.length === WATCHED.size && !behind) this.#caughtUpAt = began;
      await this.changes.forget(2 * this.configuration.localisationCacheSeconds + 60);
    } catch {
      // What is not known counts as behind.
    }
  }
}
