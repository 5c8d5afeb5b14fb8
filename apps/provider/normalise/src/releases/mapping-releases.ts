import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import type { Transaction } from '@samenhang/event-log';
import { mappingVersion, type Mapping, type SourceMessage } from '@samenhang/mapping';
import { NormaliseConfiguration } from '../normalise.configuration.js';
import { ActiveMapping } from '../tables/active-mapping.js';
import { loadTables } from '../tables/table-set-store.js';
import { loadSupplement } from '../terminology/term-supplement-store.js';
import { parseMappingVersion, type MappingVersionName } from './mapping-version-name.js';
import { listReleases, readRelease, unknownVersion } from './release-folder.js';
import { ReleaseThread } from './release-thread.js';
import { writeMessage, type WrittenMessage } from './written-message.js';

/** A version of the mapping that messages can be mapped by: of this release, or of an earlier one. */
export interface NamedMapping {
  readonly version: string;
  map(source: SourceMessage, receivedAt: string): WrittenMessage | Promise<WrittenMessage>;
}

/** Each holds its code and tables in memory: the one that a replay runs by, and one that is compared with. */
const MOST_THREADS = 2;
const LONGEST_MESSAGE_MS = 60_000;

/** Versions of the mapping by name. Those of earlier rules are loaded from MAPPING_RELEASES when they are asked for. */
@Injectable()
export class MappingReleases implements OnModuleDestroy {
  readonly #threads = new Map<string, Promise<ReleaseThread>>();

  constructor(
    private readonly configuration: NormaliseConfiguration,
    private readonly active: ActiveMapping,
  ) {}

  async onModuleDestroy(): Promise<void> {
    const threads = await Promise.allSettled(this.#threads.values());
    for (const thread of threads) if (thread.status === 'fulfilled') await thread.value.close();
  }

  /** Versions of the rules that can be run, oldest first; the last is that of this release. */
  async list(): Promise<string[]> {
    const earlier = await this.#earlier();
    return [...earlier.filter((version) => version !== mappingVersion), mappingVersion];
  }

  /** @throws Failure('not-found') when there is no such version, Failure('unavailable') when it cannot be used */
  async named(transaction: Transaction, text: string): Promise<NamedMapping> {
    const name = parseMappingVersion(text);
    if (name === undefined) throw unknownVersion(text, await this.#earlier());
    if (name.rules === mappingVersion)
      return ofThisRelease(await this.active.named(transaction, name.tables, name.terms));
    return this.#threadOf(transaction, name);
  }

  #earlier(): Promise<string[]> {
    const { mappingReleases: folder } = this.configuration;
    return folder === '' ? Promise.resolve([]) : listReleases(folder);
  }

  async #threadOf(transaction: Transaction, name: MappingVersionName): Promise<ReleaseThread> {
    const key = `${name.rules}+${String(name.tables ?? 0)}+${String(name.terms ?? 0)}`;
    const known = await this.#threads.get(key)?.catch(() => undefined);
    if (known?.ended === false) return known;
    const started = this.#start(transaction, name);
    this.#threads.delete(key);
    this.#threads.set(key, started);
    started.catch(() => this.#threads.delete(key));
    await this.#closeOldest();
    return started;
  }

  async #start(
    transaction: Transaction,
    { rules, tables, terms }: MappingVersionName,
  ): Promise<ReleaseThread> {
    const { mappingReleases: folder } = this.configuration;
    if (folder === '') throw unknownVersion(rules, []);
    const release = await readRelease(folder, rules);
    const start = {
      hashing: true,
      limitMs: LONGEST_MESSAGE_MS,
      ...(terms === undefined ? {} : { terms: await loadSupplement(transaction, terms) }),
    };
    if (tables === undefined) return ReleaseThread.start(release, start);
    const stored = await loadTables(transaction, tables);
    if (stored === undefined) throw new Failure('not-found', 'There is no such set of tables');
    const set = { version: tables, files: stored.files };
    return ReleaseThread.start(release, { ...start, tables: set });
  }

  async #closeOldest(): Promise<void> {
    for (const [key, thread] of [...this.#threads].slice(0, -MOST_THREADS)) {
      this.#threads.delete(key);
      await (await thread.catch(() => undefined))?.close();
    }
  }
}

export function ofThisRelease(mapping: Mapping): NamedMapping {
  return {
    version: mapping.version,
    map: (source, receivedAt) => writeMessage(source, receivedAt, mapping),
  };
}
