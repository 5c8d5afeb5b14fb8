import { setTimeout as wait } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import { PatientKeyring } from '@samenhang/patient-identity';
import { inTransaction } from '@samenhang/persistence';
import { EVENT_LOG, LOGGER } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { IntakeQueue } from '../intake/intake-queue.js';
import type { Source } from '../sources/source.js';
import { SourceRegistry } from '../sources/source-registry.js';
import { selectOriginals, type OriginalMessage } from './original-message.js';
import { orderingKeyOf } from './read-again.js';
import { advanceRun, lockOpenRuns, type ReplayRun } from './replay-runs.js';
import { republish, type Replayed } from './republish.js';

const TURNS_PER_SECOND = 4;
const BATCH_BYTES = 8 * 1024 * 1024;
/** What is live goes first, but not for ever: after so many turns let go by, a replay has one. */
const MOST_TURNS_WAITED = 8;
const IDLE_MS = 1_000;

/**
 * Carries out replays of many messages, in small batches by position. Each batch is one transaction with the run's progress:
 * a killed process goes on where it was, and no message goes twice.
 */
@Injectable()
export class ReplayWorker implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #turnsWaited = 0;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly registry: SourceRegistry,
    private readonly keyring: PatientKeyring,
    private readonly intake: IntakeQueue,
  ) {}

  onApplicationBootstrap(): void {
    this.#running = this.#run(this.#stopping.signal);
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const found = await this.#turn();
      const pause = found ? 1_000 / TURNS_PER_SECOND : IDLE_MS;
      await wait(pause, undefined, { signal }).catch(() => undefined);
    }
  }

  /** @returns whether there was anything to replay */
  async #turn(): Promise<boolean> {
    if (this.intake.hasWaiting && this.#turnsWaited < MOST_TURNS_WAITED) {
      this.#turnsWaited += 1;
      return true;
    }
    this.#turnsWaited = 0;
    try {
      return await inTransaction(this.dataSource, async (transaction) => {
        const runs = await lockOpenRuns(transaction);
        for (const run of runs) await this.#replayBatch(transaction, run);
        return runs.length > 0;
      });
    } catch (error) {
      this.logger.error({ error }, 'replay interrupted, trying again');
      return false;
    }
  }

  async #replayBatch(transaction: Transaction, run: ReplayRun): Promise<void> {
    const source = this.registry.find(run.tenant, run.criteria.source);
    // Declared again, it goes on.
    if (source === undefined) return;
    const limits = { messages: Math.ceil(run.messagesPerSecond / TURNS_PER_SECOND), bytes: BATCH_BYTES };
    const range = { after: run.position, last: run.lastPosition };
    const originals = await selectOriginals(transaction, run.tenant, run.criteria, range, limits);
    const readable = originals.flatMap((original) => this.#readAgain(original, source));
    const { accepting, mapBy } = run.criteria;
    const terms = { ...run, source, replayedAt: new Date(), accepting, mapBy, run: run.id };
    await republish(transaction, this.eventLog, readable, terms);
    await advanceRun(transaction, run, {
      position: originals.at(-1)?.position ?? run.lastPosition,
      replayed: readable.length,
      unreadable: originals.length - readable.length,
      done: originals.length === 0,
    });
  }

  #readAgain(original: OriginalMessage, source: Source): Replayed[] {
    try {
      return [{ original, orderingKey: orderingKeyOf(original, source, this.keyring) }];
    } catch (error) {
      if (error instanceof Failure) return [];
      throw error;
    }
  }
}
