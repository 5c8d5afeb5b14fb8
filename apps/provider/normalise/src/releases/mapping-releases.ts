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
const MOST_OPENED = 8;
const LONGEST_MESSAGE_MS = 60_000;

interface Opened {
  readonly key: string;
  readonly start: () => Promise<ReleaseThread>;
}

/** Versions of the mapping by name. Those of earlier rules are loaded from MAPPING_RELEASES when they are asked for. */
@Injectable()
export class MappingReleases implements OnModuleDestroy {
  readonly #opened = new Map<string, Promise<Opened>>();
  readonly #starting = new Map<string, Promise<ReleaseThread>>();
  readonly #threads = new Map<string, Promise<ReleaseThread>>();

  constructor(
    private readonly configuration: NormaliseConfiguration,
    private readonly active: ActiveMapping,
  ) {}

  /** Over a folder, without a service around it. */
  static of(mappingReleases: string): MappingReleases {
    return new MappingReleases({ ...new NormaliseConfiguration(), mappingReleases }, new ActiveMapping());
  }

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
    const opened = await this.#open(transaction, name);
    const { version } = await this.#threadOf(opened);
    return {
      version,
      map: async (source, receivedAt) => {
        let thread = await this.#threadOf(opened);
        while (!thread.open) thread = await this.#threadOf(opened);
        return thread.map(source, receivedAt);
      },
    };
  }

  #earlier(): Promise<string[]> {
    const { mappingReleases: folder } = this.configuration;
    return folder === '' ? Promise.resolve([]) : listReleases(folder);
  }

  /** What is needed to start a release with these tables and answers: read once. */
  #open(transaction: Transaction, name: MappingVersionName): Promise<Opened> {
    const key = `${name.rules}+${String(name.tables ?? 0)}+${String(name.terms ?? 0)}`;
    const known = this.#opened.get(key);
    if (known !== undefined) return known;
    const opened = this.#read(transaction, name).then((start) => ({ key, start }));
    opened.catch(() => this.#opened.delete(key));
    this.#opened.set(key, opened);
    const [oldest] = this.#opened.keys();
    if (this.#opened.size > MOST_OPENED && oldest !== undefined) this.#opened.delete(oldest);
    return opened;
  }

  async #read(
    transaction: Transaction,
    { rules, tables, terms }: MappingVersionName,
  ): Promise<() => Promise<ReleaseThread>> {
    const { mappingReleases: folder } = this.configuration;
    if (folder === '') throw unknownVersion(rules, []);
    const release = await readRelease(folder, rules);
    const start = {
      hashing: true,
      limitMs: LONGEST_MESSAGE_MS,
      ...(terms === undefined ? {} : { terms: await loadSupplement(transaction, terms) }),
    };
    if (tables === undefined) return () => ReleaseThread.start(release, start);
    const stored = await loadTables(transaction, tables);
    if (stored === undefined) throw new Failure('not-found', 'There is no such set of tables');
    const set = { version: tables, files: stored.files };
    return () => ReleaseThread.start(release, { ...start, tables: set });
  }

  /** The thread of a version: what was used longest ago makes way, once it is done. */
  async #threadOf({ key, start }: Opened): Promise<ReleaseThread> {
    const known = this.#threads.get(key);
    const isOpen = (await known?.catch(() => undefined))?.open === true;
    const thread =
      isOpen && known !== undefined ? known : (this.#starting.get(key) ?? this.#start(key, start));
    this.#threads.delete(key);
    this.#threads.set(key, thread);
    for (const [other, old] of [...this.#threads].slice(0, -MOST_THREADS)) {
      this.#threads.delete(other);
      void old.then((one) => one.retire()).catch(() => undefined);
    }
    return thread;
  }

  /** Once, however many ask for it at the same time. */
  #start(key: string, start: () => Promise<ReleaseThread>): Promise<ReleaseThread> {
    const starting = start().finally(() => this.#starting.delete(key));
    this.#starting.set(key, starting);
    return starting;
  }
}

export function ofThisRelease(mapping: Mapping): NamedMapping {
  return {
    version: mapping.version,
    map: (source, receivedAt) => writeMessage(source, receivedAt, mapping),
  };
}
