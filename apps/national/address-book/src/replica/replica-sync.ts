import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { recordAccess } from '@samenhang/audit';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import { inTransaction, statementByStatement } from '@samenhang/persistence';
import { EVENT_LOG, LOGGER, ServiceEnvironment } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { AddressBookConfiguration } from '../address-book.configuration.js';
import { tellOfStopped } from '../directory/stopped-organisations.js';
import { directoryTypes, type DirectoryType } from '../directory/directory-types.js';
import { DirectoryClient } from './directory-client.js';
import { DirectoryConnection } from './directory-connection.js';
import { readDirectorySources, type DirectorySource } from './directory-sources.js';
import {
  dueDirectories,
  followDirectories,
  recordFailure,
  recordSuccess,
  type DueDirectory,
} from './directory-table.js';
import { newestOf, type DirectoryChange } from './history-bundle.js';
import { applyChanges, type Applied } from './replica-store.js';

const POLL_MS = 1_000;
const LONGEST_PAUSE_SECONDS = 900;
/** What a directory committed late may be dated before what was read already. Reading it again changes nothing. */
const OVERLAP_MS = 60_000;
/** A reference leads to what was read before, as far as directories allow it. */
const order: readonly DirectoryType[] = [
  'Organization',
  'Location',
  'HealthcareService',
  'Endpoint',
  'OrganizationAffiliation',
];

/**
 * Follows other directories (ITI-91): what they say is kept here and served from here. Of several instances one at a time
 * reads a directory; all that a run brings is committed together with how far it got, so that one that is killed has done nothing.
 */
@Injectable()
export class ReplicaSync implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #stopping = new AbortController();
  readonly #sources: readonly DirectorySource[];
  readonly #publicBase: string;
  #running: Promise<void> | undefined;
  #isReady: boolean;
  /** When the list of directories is looked through again; a change of a central one may change it. */
  #nextFollowing = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly configuration: AddressBookConfiguration,
    private readonly connection: DirectoryConnection,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    @Inject(LOGGER) private readonly logger: Logger,
    environment: ServiceEnvironment,
  ) {
    this.#sources = readDirectorySources(configuration.directorySources);
    this.#publicBase = `${environment.publicUrl}/fhir`;
    this.#isReady = this.#sources.length === 0;
  }

  onApplicationBootstrap(): void {
    if (this.#sources.length > 0) this.#running = this.#run();
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** A copy that was never whole would say that somebody does not exist. @throws Failure('unavailable') */
  async assertReady(): Promise<void> {
    if (this.#isReady) return;
    const rows = await this.dataSource.query<{ base: string }[]>(
      'SELECT base FROM directory WHERE ready_at IS NOT NULL AND base = ANY ($1)',
      [this.#sources.map(({ base }) => base)],
    );
    this.#isReady = rows.length === this.#sources.length;
    if (!this.#isReady)
      throw new Failure('unavailable', 'The directories have not been read yet', { retryAfterSeconds: 5 });
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#follow();
        for (const directory of await dueDirectories(statementByStatement(this.dataSource)))
          await this.#alone(directory);
      } catch (error) {
        this.logger.error({ error }, 'the directories cannot be followed');
      }
      await delay(POLL_MS, undefined, { signal: this.#stopping.signal }).catch(() => {});
    }
  }

  async #follow(): Promise<void> {
    if (performance.now() < this.#nextFollowing) return;
    await inTransaction(this.dataSource, async (transaction) => {
      // A directory that is followed no more is forgotten with all it said.
      await followDirectories(transaction, this.#sources);
      await tellOfStopped(transaction, this.eventLog);
    });
    this.#nextFollowing = performance.now() + this.configuration.directoryIntervalSeconds * 1_000;
  }

  /** The lock ends with its session: whoever dies holding it keeps nobody waiting. */
  async #alone(directory: DueDirectory): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    const session = this.dataSource.createQueryRunner();
    const lock = `directory ${directory.base}`;
    try {
      const [row] = (await session.query('SELECT pg_try_advisory_lock(hashtext($1)) AS locked', [lock])) as [
        { locked: boolean },
      ];
      if (!row.locked) return;
      await this.#synchronise(directory).finally(() =>
        session.query('SELECT pg_advisory_unlock(hashtext($1))', [lock]),
      );
    } finally {
      await session.release();
    }
  }

  async #synchronise(directory: DueDirectory): Promise<void> {
    const { base, failures } = directory;
    try {
      const { changes, watermark } = await this.#read(directory);
      const applied = await inTransaction(this.dataSource, async (transaction) => {
        const outcome = await applyChanges(transaction, directory, newestOf(changes), this.#publicBase);
        await this.#alarm(transaction, outcome);
        if (outcome.written + outcome.removed > 0) await tellOfStopped(transaction, this.eventLog);
        await recordSuccess(transaction, base, watermark, this.configuration.directoryIntervalSeconds);
        return outcome;
      });
      const { written, removed, refused } = applied;
      if (written + removed > 0) this.#nextFollowing = 0;
      if (written + removed + refused.length > 0)
        this.logger.info({ base, written, removed, refused: refused.length }, 'a directory was read');
    } catch (error) {
      // A stop is nobody's failure.
      if (this.#stopping.signal.aborted) return;
      const text = error instanceof Error ? error.message : 'unknown';
      const pause = Math.min(LONGEST_PAUSE_SECONDS, 2 ** Math.min(failures, 20)) * (0.5 + Math.random() / 2);
      this.logger.warn({ base, failures, text }, 'a directory could not be read');
      await recordFailure(statementByStatement(this.dataSource), base, text, pause);
    }
  }

  /** Everything once, and then what happened meanwhile; later only what happened. */
  async #read({ base, watermark }: DueDirectory): Promise<{ changes: DirectoryChange[]; watermark: Date }> {
    const client = new DirectoryClient({
      base,
      fetch: (url, signal) => this.connection.fetch(url, signal),
      pageSize: this.configuration.directoryPageSize,
      signal: this.#stopping.signal,
    });
    const changes: DirectoryChange[] = [];
    const readAll = async (since: Date | undefined): Promise<Date> => {
      let first: Date | undefined;
      for (const type of order.filter((each) => each in directoryTypes)) {
        const reading = await client.read(type, since);
        for (const change of reading.changes) changes.push(change);
        if (reading.unreadable > 0)
          this.logger.warn({ base, type, entries: reading.unreadable }, 'a directory has unreadable entries');
        first ??= reading.serverTime;
      }
      return first ?? new Date(0);
    };
    const since = watermark ?? (await readAll(undefined));
    const next = await readAll(new Date(since.getTime() - OVERLAP_MS));
    return { changes, watermark: next };
  }

  /** Who speaks of what is another's may be mistaken, or worse. */
  async #alarm(transaction: Transaction, { refused }: Applied): Promise<void> {
    const reasons = [...new Set(refused.map(({ reason }) => `directory-${reason}`))];
    if (reasons.length === 0) return;
    await recordAccess(this.eventLog, transaction, {
      activity: 'alarm',
      outcome: 'denied',
      who: { service: 'address-book' },
      detail: { resourceTypes: [...new Set(refused.map(({ key }) => key.split('/')[0] ?? ''))], reasons },
      observer: 'address-book',
    });
  }
}
