import { setTimeout as wait } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { inTransaction } from '@samenhang/persistence';
import { LOGGER } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { foldObservations } from './coverage-store.js';

const EVERY_MS = 10_000;
/** Before a report: what comes in meanwhile belongs to the next. */
const MOST_BATCHES = 100;

/** Adds up what was observed, every ten seconds and before a report. */
@Injectable()
export class CoverageFold implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.#running = this.#run(this.#stopping.signal);
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async fold(): Promise<void> {
    for (let batches = 0; batches < MOST_BATCHES; batches += 1)
      if ((await inTransaction(this.dataSource, foldObservations)) === 0) return;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await wait(EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      await this.fold().catch((error: unknown) =>
        this.logger.warn({ error }, 'observations could not be added up, trying again'),
      );
    }
  }
}
