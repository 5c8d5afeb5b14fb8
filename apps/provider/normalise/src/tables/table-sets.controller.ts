import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { recordAccess } from '@samenhang/audit';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { mappingVersion, releasedTables, type TableFiles, type TableTest } from '@samenhang/mapping';
import { inTransaction } from '@samenhang/persistence';
import { EVENT_LOG } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { judgeTableSet } from './judge-table-set.js';
import {
  findActiveVersion,
  findTableSet,
  insertActivation,
  insertTableSet,
  listTableSets,
  loadTables,
  lockTableSets,
  type StoredTables,
  type TableSetSummary,
} from './table-set-store.js';

const MOST_LISTED = 200;
const LONGEST_NOTE = 500;

type ShownTableSet = TableSetSummary & {
  readonly tables: TableFiles;
  readonly testCases: readonly TableTest[];
};

/** What a set changes: all tables as the rules have them without one. */
interface ReleasedTables {
  readonly version: 0;
  readonly rules: string;
  readonly tables: TableFiles;
  readonly testCases: readonly TableTest[];
}

/** Sets of code tables: put in, tried, taken into use and back, for all care providers of this deployment. */
@Controller('table-sets')
@RequireScopes('mapping:admin')
export class TableSetsController {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
  ) {}

  @Get()
  async list(): Promise<{ rules: string; active: number | null; sets: TableSetSummary[] }> {
    return inTransaction(this.dataSource, async (transaction) => ({
      rules: mappingVersion,
      active: (await findActiveVersion(transaction)) ?? null,
      sets: await listTableSets(transaction, MOST_LISTED),
    }));
  }

  /** A set; 0 is the tables of the release. */
  @Get(':version')
  async show(@Param('version') version: string): Promise<ShownTableSet | ReleasedTables> {
    if (version === '0')
      return { version: 0, rules: mappingVersion, tables: { ...releasedTables }, testCases: [] };
    return inTransaction(this.dataSource, async (transaction) => {
      const summary = await requireSummary(transaction, readVersion(version));
      const { files, tests } = await requireTables(transaction, summary.version);
      return { ...summary, tables: files, testCases: tests };
    });
  }

  /** Says what is wrong with a set, and keeps nothing of it. */
  @Post('validate')
  @HttpCode(204)
  validate(@Body() body: unknown): void {
    judgeTableSet(body);
  }

  /** Keeps a set that passes its tests. It is not in use by that: messages can be mapped by it on trial. */
  @Post()
  async add(@Body() body: unknown, @Identity() identity: VerifiedIdentity): Promise<TableSetSummary> {
    const tables = judgeTableSet(body);
    return this.#write(identity, 'POST table-sets', (transaction) =>
      insertTableSet(transaction, tables, { note: readNote(body), by: identity.clientId }),
    );
  }

  /** Takes a set into use: every chunk of messages that begins after this is mapped by it. */
  @Post(':version/activate')
  @HttpCode(200)
  async activate(
    @Param('version') text: string,
    @Identity() identity: VerifiedIdentity,
  ): Promise<TableSetSummary> {
    const version = readVersion(text);
    return this.#write(identity, `POST table-sets/${text}/activate`, async (transaction) => {
      // Tested again: the rules may be of a later release than when it was put in.
      judgeTableSet(await requireTables(transaction, version));
      const active = (await findActiveVersion(transaction)) ?? 0;
      if (version <= active)
        throw new Failure(
          'conflict',
          `Set ${String(active)} is in use and later; take this one up by rollback`,
        );
      await this.#take(transaction, version, identity);
      return version;
    });
  }

  /** Takes an earlier set up again, or the tables of the release (version 0), as a set with a number of its own. */
  @Post(':version/rollback')
  @HttpCode(200)
  async rollback(
    @Param('version') text: string,
    @Identity() identity: VerifiedIdentity,
  ): Promise<TableSetSummary> {
    const earlier = text === '0' ? 0 : readVersion(text);
    return this.#write(identity, `POST table-sets/${text}/rollback`, async (transaction) => {
      const released: StoredTables = { files: {}, tests: [] };
      const tables = earlier === 0 ? released : judgeTableSet(await requireTables(transaction, earlier));
      const origin = earlier === 0 ? {} : { copyOf: earlier };
      const note = earlier === 0 ? 'the tables of the release' : `as set ${text}`;
      const version = await insertTableSet(transaction, tables, { note, by: identity.clientId, ...origin });
      await this.#take(transaction, version, identity);
      return version;
    });
  }

  async #take(transaction: Transaction, version: number, identity: VerifiedIdentity): Promise<void> {
    await insertActivation(transaction, version, identity.clientId);
    const { digest } = await requireSummary(transaction, version);
    const payload = {
      tables: version,
      digest,
      mappingVersion: `${mappingVersion}+tables.${String(version)}`,
    };
    await this.eventLog.publish(transaction, [
      { type: 'mapping.tables-activated', key: 'tables', tenant: null, payload },
    ]);
  }

  #write(
    identity: VerifiedIdentity,
    act: string,
    work: (transaction: Transaction) => Promise<number>,
  ): Promise<TableSetSummary> {
    return inTransaction(this.dataSource, async (transaction) => {
      await lockTableSets(transaction);
      const version = await work(transaction);
      await recordAccess(this.eventLog, transaction, {
        activity: 'administer',
        outcome: 'success',
        who: identity,
        detail: { query: act },
        observer: 'normalise',
      });
      return requireSummary(transaction, version);
    });
  }
}

function readVersion(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Failure('not-found', 'There is no such set of tables');
  return Number(text);
}

function readNote(body: unknown): string {
  const { note = '' } = body as { readonly note?: unknown };
  if (typeof note !== 'string' || note.length > LONGEST_NOTE)
    throw new Failure('malformed', `note is a text of at most ${String(LONGEST_NOTE)} characters`);
  return note;
}

async function requireSummary(transaction: Transaction, version: number): Promise<TableSetSummary> {
  const summary = await findTableSet(transaction, version);
  if (summary === undefined) throw new Failure('not-found', 'There is no such set of tables');
  return summary;
}

async function requireTables(transaction: Transaction, version: number): Promise<StoredTables> {
  const tables = await loadTables(transaction, version);
  if (tables === undefined) throw new Failure('not-found', 'There is no such set of tables');
  return tables;
}
