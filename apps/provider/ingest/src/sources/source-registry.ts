import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { SourceId, Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { Transaction } from '@samenhang/event-log';
import { inTransaction } from '@samenhang/persistence';
import { LOGGER } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { sourceKey, type Source, type SourceConnection, type SourceConnector } from './source.js';
import type { SourceDeclaration } from './source-declaration.js';

export const SOURCE_CONNECTORS = Symbol('samenhang.ingest.source-connectors');

const REOPEN_AFTER_MS = 2_000;

interface SourceRow {
  readonly tenant: Ura;
  readonly id: SourceId;
  readonly declaration: SourceDeclaration;
}

/** The declared sources: kept in the database, connected while the service runs. */
@Injectable()
export class SourceRegistry implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #sources = new Map<string, Source>();
  readonly #connections = new Map<string, SourceConnection>();
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
      'SELECT tenant, id, declaration FROM source WHERE active',
    );
    for (const source of rows) {
      this.#sources.set(sourceKey(source), source);
      await this.#reopen(source);
    }
  }

  async onModuleDestroy(): Promise<void> {
    for (const timer of this.#reopening.values()) clearTimeout(timer);
    await this.#changes;
    await Promise.all([...this.#connections.values()].map((connection) => connection.close()));
    this.#connections.clear();
  }

  find(tenant: Ura, id: SourceId): Source | undefined {
    return this.#sources.get(sourceKey({ tenant, id }));
  }

  list(tenant: Ura): Source[] {
    return [...this.#sources.values()].filter((source) => source.tenant === tenant);
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
        await this.#connect(source);
        await inTransaction(this.dataSource, async (transaction) => {
          await saveSource(transaction, source);
          await record(transaction);
        });
      } catch (error) {
        await this.#disconnect(key);
        if (before !== undefined) await this.#reopen(before);
        throw error;
      }
      this.#sources.set(key, source);
      return before === undefined;
    });
  }

  /** Disconnects a source. Its messages stay; declared again, it goes on where it was. */
  remove(tenant: Ura, id: SourceId, record: (transaction: Transaction) => Promise<void>): Promise<void> {
    return this.#inTurn(async () => {
      const key = sourceKey({ tenant, id });
      if (!this.#sources.has(key)) throw new Failure('not-found', 'This source is not declared');
      await inTransaction(this.dataSource, async (transaction) => {
        await transaction.query('UPDATE source SET active = false WHERE tenant = $1 AND id = $2', [
          tenant,
          id,
        ]);
        await record(transaction);
      });
      await this.#disconnect(key);
      this.#sources.delete(key);
    });
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#changes.then(change);
    this.#changes = result.catch(() => undefined);
    return result;
  }

  async #connect(source: Source): Promise<void> {
    const connector = this.connectors.find(({ kind }) => kind === source.declaration.kind);
    const connection = await connector?.open(source);
    if (connection !== undefined) this.#connections.set(sourceKey(source), connection);
  }

  async #disconnect(key: string): Promise<void> {
    clearTimeout(this.#reopening.get(key));
    this.#reopening.delete(key);
    await this.#connections.get(key)?.close();
    this.#connections.delete(key);
  }

  /** A port may still be held by the process that was here before: keep trying, the service is of use meanwhile. */
  async #reopen(source: Source): Promise<void> {
    try {
      await this.#connect(source);
    } catch (error) {
      this.logger.error({ error, source: source.id }, 'source cannot be connected, trying again');
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
