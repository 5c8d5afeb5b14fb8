import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { EventLog, Transaction } from '@samenhang/event-log';
import { inTransaction } from '@samenhang/persistence';
import { EVENT_LOG, LOGGER } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { LocalisationChanges, type ChangedRow } from '../changes/localisation-changes.js';
import { ReferenceIndexConfiguration } from '../reference-index.configuration.js';
import type { OpenedPseudonym } from '../tokens/pseudonym-opener.js';
import {
  moveToSuccessors,
  recordSuccessors,
  sweepSuccessors,
  type MovedRegistration,
} from './rekeying-store.js';

/**
 * Moves registrations to a new version of the pseudonymisation key. A token made during the overlap of two versions
 * names the person under both; whichever custodian brings it, all registrations of that person move at once. Who comes
 * with an older pseudonym alone is led to the new one, so that at no moment anything is out of reach.
 */
@Injectable()
export class Rekeying implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #seen = new Set<number>();
  #sweeping: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly configuration: ReferenceIndexConfiguration,
    private readonly changes: LocalisationChanges,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const interval = this.configuration.rekeyingSweepSeconds * 1_000;
    this.#sweeping = setInterval(() => void this.#sweep(), interval).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#sweeping);
  }

  /** Costs nothing but in an overlap. */
  async adopt(transaction: Transaction, opened: readonly OpenedPseudonym[]): Promise<void> {
    const successors = opened.flatMap(({ hash, keyVersion, older }) =>
      older.map((each) => ({ oldHash: each.hash, newHash: hash, newVersion: keyVersion })),
    );
    if (successors.length === 0) return;
    await this.#see(transaction, successors[0]?.newVersion ?? 1);
    await recordSuccessors(transaction, successors);
    const oldHashes = successors.map(({ oldHash }) => oldHash);
    await this.#tell(transaction, await moveToSuccessors(transaction, oldHashes));
  }

  /** To subscribers a person is another from now on: the one they know of has nothing registered any more. */
  async #tell(transaction: Transaction, moved: readonly MovedRegistration[]): Promise<void> {
    const under = (hash: 'oldHash' | 'newHash'): ChangedRow[] =>
      moved.map((row) => ({ ...row, pseudonymHash: row[hash] }));
    await this.eventLog.publish(transaction, [
      ...this.changes.toEvents('localisation.withdrawn', under('oldHash')),
      ...this.changes.toEvents('localisation.registered', under('newHash')),
    ]);
  }

  async #see(transaction: Transaction, version: number): Promise<void> {
    if (this.#seen.has(version)) return;
    await transaction.query('INSERT INTO key_version_seen (version) VALUES ($1) ON CONFLICT DO NOTHING', [
      version,
    ]);
    this.#seen.add(version);
  }

  /** Moves what was registered under an older pseudonym at the very moment in which its successor was recorded. */
  async #sweep(): Promise<void> {
    try {
      // Twice the interval, and a transaction's length more: what one sweep missed the next one finds.
      const recentSeconds = 2 * this.configuration.rekeyingSweepSeconds + 60;
      await inTransaction(this.dataSource, async (transaction) =>
        this.#tell(transaction, await sweepSuccessors(transaction, recentSeconds)),
      );
    } catch (error) {
      this.logger.warn({ error }, 'registrations under older pseudonyms could not be moved');
    }
  }
}
