import { Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import type { Transaction } from '@samenhang/event-log';
import { currentMapping, mappingWithTables, readTableSet, type Mapping } from '@samenhang/mapping';
import { findActiveVersion, loadTables } from './table-set-store.js';

/** Sets that are kept ready: the one in use, the one before, and one that is tried. */
const MOST_READY = 3;

/**
 * The mapping that messages are mapped by. Looked up once for each chunk, in its transaction: every instance follows an
 * activation with its next chunk, and the messages of one chunk are of one version.
 */
@Injectable()
export class ActiveMapping {
  readonly #ready = new Map<number, Mapping>();

  async current(transaction: Transaction): Promise<Mapping> {
    const version = await findActiveVersion(transaction);
    return version === undefined ? currentMapping : this.of(transaction, version);
  }

  /** The rules of this release as a version names them: with a set of tables, or its own. @throws Failure('not-found') */
  named(transaction: Transaction, tables: number | undefined): Promise<Mapping> {
    return tables === undefined ? Promise.resolve(currentMapping) : this.of(transaction, tables);
  }

  /** The rules of this release with the tables of a set, in use or not. @throws Failure('not-found') */
  async of(transaction: Transaction, version: number): Promise<Mapping> {
    const ready = this.#ready.get(version);
    if (ready !== undefined) return ready;
    const stored = await loadTables(transaction, version);
    if (stored === undefined) throw new Failure('not-found', 'There is no such set of tables');
    const read = readTableSet(stored.files);
    // No fault of a message: they wait until a set is in use that can be read.
    if ('problems' in read)
      throw new Failure('unavailable', `Set ${String(version)} of tables cannot be read by this release`);
    const mapping = mappingWithTables(read.set, version);
    const [oldest] = this.#ready.keys();
    if (this.#ready.size >= MOST_READY && oldest !== undefined) this.#ready.delete(oldest);
    this.#ready.set(version, mapping);
    return mapping;
  }
}
