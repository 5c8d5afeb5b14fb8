import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { LOGGER } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { DataSource, type QueryRunner } from 'typeorm';
import { changedChannel } from './subscription-words.js';

const AGAIN_MS = 5_000;

/** A connection of the database driver, as far as it is used here. */
interface Listener {
  on(event: 'notification', listener: (message: { readonly payload?: string }) => void): unknown;
  on(event: 'error' | 'end', listener: () => void): unknown;
}

/**
 * Hears from the database which subscriptions have something new, whichever instance made it (PostgreSQL NOTIFY). What is said while
 * the connection is away is not heard: whoever listens looks for itself now and then.
 */
@Injectable()
export class EventWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #listeners = new Set<(subscriptionId: string) => void>();
  #runner: QueryRunner | undefined;
  #again: NodeJS.Timeout | undefined;
  #isClosing = false;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onChange(listener: (subscriptionId: string) => void): void {
    this.#listeners.add(listener);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#listen();
  }

  async onApplicationShutdown(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#again);
    await this.#release();
  }

  async #listen(): Promise<void> {
    const runner = this.dataSource.createQueryRunner();
    this.#runner = runner;
    try {
      const connection = (await runner.connect()) as Listener;
      connection.on('notification', ({ payload }) => {
        if (payload !== undefined) for (const listener of this.#listeners) listener(payload);
      });
      connection.on('error', () => this.#listenLater(runner));
      connection.on('end', () => this.#listenLater(runner));
      await runner.query(`LISTEN ${changedChannel}`);
    } catch (error) {
      this.logger.warn({ err: error }, 'changes of subscriptions cannot be heard of now');
      this.#listenLater(runner);
    }
  }

  #listenLater(runner: QueryRunner): void {
    if (this.#isClosing || this.#runner !== runner) return;
    void this.#release();
    this.#again = setTimeout(() => void this.#listen(), AGAIN_MS);
  }

  /** The connection goes back to others only when it no longer listens. */
  async #release(): Promise<void> {
    const runner = this.#runner;
    this.#runner = undefined;
    if (runner === undefined) return;
    await runner.query(`UNLISTEN ${changedChannel}`).catch(() => undefined);
    await runner.release().catch(() => undefined);
  }
}
