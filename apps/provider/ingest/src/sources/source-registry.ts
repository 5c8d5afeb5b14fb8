import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { SourceId, Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { Transaction } from '@samenhang/event-log';
import { inTransaction } from '@samenhang/persistence';
import { LOGGER } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import {
  sourceKey,
  type Source,
  type SourceConnection,
  type SourceConnector,
  type SourceStatus,
} from './source.js';
import type { SourceDeclaration } from './source-declaration.js';

export const SOURCE_CONNECTORS = Symbol('samenhang.ingest.source-connectors');
/** What the deployment lets declarations use: a `DeploymentLimits`. */
export const DEPLOYMENT_LIMITS = Symbol('samenhang.ingest.deployment-limits');

const REOPEN_AFTER_MS = 2_000;

interface SourceRow {
  readonly tenant: Ura;
  readonly id: SourceId;
  readonly declaration: SourceDeclaration;
  readonly pausedAt: Date | null;
}

/** The declared sources: kept in the database, connected while the service runs. */
@Injectable()
export class SourceRegistry implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #sources = new Map<string, Source>();
  readonly #connections = new Map<string, readonly SourceConnection[]>();
  readonly #pausedAt = new Map<string, Date>();
  readonly #faults = new Map<string, string>();
  readonly #reopening = new Map<string, NodeJS.Timeout>();
  /** Changes of declarations happen one after another: each closes and opens ports. */
  #changes: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    @Inject(SOURCE_CONNECTORS) private readonly connectors: readonly SourceConnector[],
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const rows: SourceRow[] = await this.dataSource.query(
      'SELECT tenant, id, declaration, paused_at AS "pausedAt" FROM source WHERE active',
    );
    for (const { pausedAt, ...source } of rows) {
      this.#sources.set(sourceKey(source), source);
      if (pausedAt === null) await this.#reopen(source);
      else this.#pausedAt.set(sourceKey(source), pausedAt);
    }
  }

  async onModuleDestroy(): Promise<void> {
    for (const timer of this.#reopening.values()) clearTimeout(timer);
    await this.#changes;
    await Promise.all([...this.#connections.values()].flat().map((connection) => connection.close()));
    this.#connections.clear();
  }

  find(tenant: Ura, id: SourceId): Source | undefined {
    return this.#sources.get(sourceKey({ tenant, id }));
  }

  all(): Source[] {
    return [...this.#sources.values()];
  }

  list(tenant: Ura): Source[] {
    return [...this.#sources.values()].filter((source) => source.tenant === tenant);
  }

  /**
   * A source that may send now.
   * @throws Failure('not-found') when it is not declared, 'unavailable' while it is paused
   */
  getReceiving(tenant: Ura, id: SourceId): Source {
    const source = this.find(tenant, id);
    if (source === undefined) throw new Failure('not-found', 'This source is not declared');
    if (this.#pausedAt.has(sourceKey(source)))
      throw new Failure('unavailable', 'This source is paused', { retryAfterSeconds: 60 });
    return source;
  }

  describe(source: Source): SourceStatus {
    const key = sourceKey(source);
    const pausedAt = this.#pausedAt.get(key);
    const faults = (this.#connections.get(key) ?? []).map((connection) => connection.fault?.());
    const reason = this.#faults.get(key) ?? faults.find((fault) => fault !== undefined);
    const state = pausedAt !== undefined ? 'paused' : reason === undefined ? 'receiving' : 'failing';
    return { source, state, pausedAt, reason };
  }

  /**
   * Stops or starts taking messages of a source. What it has already sent goes on its way; where reading stopped, it
   * goes on later.
   */
  setPaused(
    source: Source,
    isPaused: boolean,
    record: (transaction: Transaction) => Promise<void>,
  ): Promise<void> {
    return this.#inTurn(async () => {
      const key = sourceKey(source);
      if (!this.#sources.has(key)) throw new Failure('not-found', 'This source is not declared');
      if (this.#pausedAt.has(key) === isPaused) return;
      if (isPaused) await this.#disconnect(key);
      else await this.#connect(source);
      try {
        await inTransaction(this.dataSource, async (transaction) => {
          await transaction.query(
            'UPDATE source SET paused_at = CASE WHEN $3 THEN now() END WHERE tenant = $1 AND id = $2',
            [source.tenant, source.id, isPaused],
          );
          await record(transaction);
        });
      } catch (error) {
        if (isPaused) await this.#reopen(source);
        else await this.#disconnect(key);
        throw error;
      }
      if (isPaused) this.#pausedAt.set(key, new Date());
      else this.#pausedAt.delete(key);
    });
  }

  /**
   * Connects a source as declared, or changes it; what was connected before keeps going when that fails.
   * @param record is committed with the declaration
   * @returns whether the source is new
   */
  declare(source: Source, record: (transaction: Transaction) => Promise<void>): Promise<boolean> {
    return this.#inTurn(async () => {
      const key = sourceKey(source);
      const before = this.#sources.get(key);
      await this.#disconnect(key);
      try {
        if (!this.#pausedAt.has(key)) await this.#connect(source);
        await inTransaction(this.dataSource, async (transaction) => {
          await saveSource(transaction, source);
          await record(transaction);
        });
      } catch (error) {
        await this.#disconnect(key);
        if (before !== undefined && !this.#pausedAt.has(key)) await this.#reopen(before);
        throw error;
      }
      this.#sources.set(key, source);
      return before === undefined;
    });
  }

  /**
   * Disconnects a source and forgets its credentials. Its messages, quarantine and progress stay; declared again, it
   * goes on where it was.
   */
  remove(tenant: Ura, id: SourceId, record: (transaction: Transaction) => Promise<void>): Promise<void> {
    return this.#inTurn(async () => {
      const key = sourceKey({ tenant, id });
      if (!this.#sources.has(key)) throw new Failure('not-found', 'This source is not declared');
      await inTransaction(this.dataSource, async (transaction) => {
        await transaction.query(
          'UPDATE source SET active = false, paused_at = NULL WHERE tenant = $1 AND id = $2',
          [tenant, id],
        );
        await transaction.query('DELETE FROM source_secret WHERE tenant = $1 AND source = $2', [tenant, id]);
        await record(transaction);
      });
      await this.#disconnect(key);
      this.#sources.delete(key);
      this.#pausedAt.delete(key);
    });
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#changes.then(change);
    this.#changes = result.catch(() => undefined);
    return result;
  }

  async #connect(source: Source): Promise<void> {
    const opened: SourceConnection[] = [];
    try {
      for (const connector of this.connectors)
        if (connector.serves(source.declaration)) opened.push(await connector.open(source));
    } catch (error) {
      await Promise.all(opened.map((connection) => connection.close()));
      throw error;
    }
    this.#connections.set(sourceKey(source), opened);
    this.#faults.delete(sourceKey(source));
  }

  async #disconnect(key: string): Promise<void> {
    clearTimeout(this.#reopening.get(key));
    this.#reopening.delete(key);
    this.#faults.delete(key);
    const connections = this.#connections.get(key) ?? [];
    this.#connections.delete(key);
    await Promise.all(connections.map((connection) => connection.close()));
  }

  /** A port may still be held by the process that was here before: keep trying, the service is of use meanwhile. */
  async #reopen(source: Source): Promise<void> {
    try {
      await this.#connect(source);
    } catch (error) {
      this.logger.error({ error, source: source.id }, 'source cannot be connected, trying again');
      this.#faults.set(
        sourceKey(source),
        error instanceof Failure ? error.message : 'It cannot be connected',
      );
      const again = (): void => void this.#inTurn(() => this.#reopen(source));
      this.#reopening.set(sourceKey(source), setTimeout(again, REOPEN_AFTER_MS));
    }
  }
}

async function saveSource(transaction: Transaction, { tenant, id, declaration }: Source): Promise<void> {
  await transaction.query(
    `INSERT INTO source (tenant, id, declaration) VALUES ($1, $2, $3)
     ON CONFLICT (tenant, id) DO UPDATE SET declaration = excluded.declaration, active = true, declared_at = now()`,
    [tenant, id, JSON.stringify(declaration)],
  );
}
