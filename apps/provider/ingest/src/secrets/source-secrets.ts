import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { Transaction } from '@samenhang/event-log';
import { inTransaction } from '@samenhang/persistence';
import { LOGGER, ServiceEnvironment } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { SecretKeyRing, type SecretEnvelope } from './key-ring.js';

/** Whose credential it is. */
export interface SecretOwner {
  readonly tenant: Ura;
  readonly id: string;
}

export interface SecretEntry {
  readonly name: string;
  readonly changedAt: Date;
}

export const secretNamePattern = /^[a-z0-9][a-z0-9-]{0,62}$/;

interface StoredSecret extends Record<string, unknown> {
  readonly tenant: string;
  readonly source: string;
  readonly name: string;
  readonly envelope: SecretEnvelope;
}

/** Credentials for the servers of sources: given once, kept sealed, never given back. */
@Injectable()
export class SourceSecrets implements OnApplicationBootstrap {
  constructor(
    private readonly dataSource: DataSource,
    private readonly keyRing: SecretKeyRing,
    private readonly environment: ServiceEnvironment,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** After a new key became the current one, what older keys sealed is wrapped anew; these may go then. */
  async onApplicationBootstrap(): Promise<void> {
    const moved = await inTransaction(this.dataSource, (transaction) => this.#rewrap(transaction));
    if (moved > 0) this.logger.info({ moved }, 'credentials of sources moved to the current key');
  }

  async save(transaction: Transaction, owner: SecretOwner, name: string, content: string): Promise<void> {
    const envelope = this.keyRing.seal(content, placeOf(owner, name));
    await transaction.query(
      `INSERT INTO source_secret (tenant, source, name, key_id, envelope) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (tenant, source, name)
       DO UPDATE SET key_id = excluded.key_id, envelope = excluded.envelope, changed_at = now()`,
      [owner.tenant, owner.id, name, envelope.keyId, JSON.stringify(envelope)],
    );
  }

  /** @returns whether it was there */
  async remove(transaction: Transaction, owner: SecretOwner, name: string): Promise<boolean> {
    const rows = await transaction.query(
      'DELETE FROM source_secret WHERE tenant = $1 AND source = $2 AND name = $3 RETURNING name',
      [owner.tenant, owner.id, name],
    );
    return rows.length > 0;
  }

  async list(transaction: Transaction, owner: SecretOwner): Promise<SecretEntry[]> {
    return transaction.query<SecretEntry & Record<string, unknown>>(
      'SELECT name, changed_at AS "changedAt" FROM source_secret WHERE tenant = $1 AND source = $2 ORDER BY name',
      [owner.tenant, owner.id],
    );
  }

  /**
   * A credential that was given for the source, or else the deployment's secret `source-<URA>-<name>.json`: the name of
   * the care provider in it keeps a declaration from reaching any other secret.
   * @throws Failure('conflict') when there is neither
   */
  async read(owner: SecretOwner, name: string): Promise<string> {
    const rows = await inTransaction(this.dataSource, (transaction) =>
      transaction.query<StoredSecret>(
        'SELECT envelope FROM source_secret WHERE tenant = $1 AND source = $2 AND name = $3',
        [owner.tenant, owner.id, name],
      ),
    );
    const [stored] = rows;
    return stored === undefined
      ? this.#readFile(owner, name)
      : this.keyRing.open(stored.envelope, placeOf(owner, name));
  }

  #readFile({ tenant }: SecretOwner, name: string): string {
    try {
      const content = this.environment.secret<unknown>(`source-${tenant}-${name}`);
      const { value } = content as { value?: unknown };
      return typeof value === 'string' ? value : JSON.stringify(content);
    } catch (cause) {
      throw new Failure('conflict', `The secret ${name} has not been given`, { cause });
    }
  }

  async #rewrap(transaction: Transaction): Promise<number> {
    const rows = await transaction.query<StoredSecret>(
      'SELECT tenant, source, name, envelope FROM source_secret WHERE key_id <> $1 FOR UPDATE',
      [this.keyRing.currentKeyId],
    );
    for (const { tenant, source, name, envelope } of rows) {
      const moved = this.keyRing.rewrap(envelope, `${tenant}/${source}/${name}`);
      await transaction.query(
        'UPDATE source_secret SET key_id = $4, envelope = $5 WHERE tenant = $1 AND source = $2 AND name = $3',
        [tenant, source, name, moved.keyId, JSON.stringify(moved)],
      );
    }
    return rows.length;
  }
}

function placeOf({ tenant, id }: SecretOwner, name: string): string {
  return `${tenant}/${id}/${name}`;
}
