import { Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import type { Transaction } from '@samenhang/event-log';
import {
  currentMapping,
  mappingWithTables,
  mappingWithTerms,
  readTableSet,
  type Mapping,
} from '@samenhang/mapping';
import { latestSupplement, loadSupplement } from '../terminology/term-supplement-store.js';
import { findActiveVersion, loadTables } from './table-set-store.js';

/** Mappings that are kept ready: the one in use, the one before, and some that are tried. */
const MOST_READY = 6;

/**
 * The mapping that messages are mapped by: rules of this release, the set of tables in use, and the answers of a terminology
 * server so far. Looked up once for each chunk, in its transaction: every instance follows an activation with its next chunk,
 * and the messages of one chunk are of one set.
 */
@Injectable()
export class ActiveMapping {
  readonly #ready = new Map<string, Mapping>();

  async current(transaction: Transaction): Promise<Mapping> {
    const tables = await findActiveVersion(transaction);
    return this.withTerms(
      transaction,
      await this.#withTables(transaction, tables),
      await latestSupplement(transaction),
    );
  }

  /** With the tables of a set, in use or not, and the answers so far. @throws Failure('not-found') */
  async of(transaction: Transaction, tables: number): Promise<Mapping> {
    const mapping = await this.#withTables(transaction, tables);
    return this.withTerms(transaction, mapping, await latestSupplement(transaction));
  }

  /** As a version names it: with a set of tables, or its own, and with a state of answers, or none. @throws Failure('not-found') */
  async named(
    transaction: Transaction,
    tables: number | undefined,
    terms: number | undefined,
  ): Promise<Mapping> {
    const mapping = await this.#withTables(transaction, tables);
    if (terms !== undefined && terms > (await latestSupplement(transaction)))
      throw new Failure('not-found', 'There is no such state of answers of a terminology server');
    return this.withTerms(transaction, mapping, terms ?? 0);
  }

  /** A mapping without answers, with those up to a version. */
  async withTerms(transaction: Transaction, mapping: Mapping, terms: number): Promise<Mapping> {
    if (terms === 0) return mapping;
    const { version } = mapping;
    const plain = version.replace(/\.terms\.\d+$/, '');
    return this.#keep(`${plain} terms ${String(terms)}`, async () => {
      const supplement = await loadSupplement(transaction, terms);
      return mappingWithTerms({ ...mapping, version: plain.replace(/\+tables\.0$/, '') }, supplement);
    });
  }

  #withTables(transaction: Transaction, version: number | undefined): Promise<Mapping> {
    if (version === undefined) return Promise.resolve(currentMapping);
    return this.#keep(`tables ${String(version)}`, async () => {
      const stored = await loadTables(transaction, version);
      if (stored === undefined) throw new Failure('not-found', 'There is no such set of tables');
      const read = readTableSet(stored.files);
      // No fault of a message: they wait until a set is in use that can be read.
      if ('problems' in read)
        throw new Failure('unavailable', `Set ${String(version)} of tables cannot be read by this release`);
      return mappingWithTables(read.set, version);
    });
  }

  async #keep(key: string, make: () => Promise<Mapping>): Promise<Mapping> {
    const ready = this.#ready.get(key);
    if (ready !== undefined) return ready;
    const mapping = await make();
    const [oldest] = this.#ready.keys();
    if (this.#ready.size >= MOST_READY && oldest !== undefined) this.#ready.delete(oldest);
    this.#ready.set(key, mapping);
    return mapping;
  }
}
