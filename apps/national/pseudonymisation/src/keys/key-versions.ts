import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { PseudonymRecipient } from '@samenhang/oprf';
import { LOGGER } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { RecipientDirectory } from '../recipients/recipient-directory.js';
import { OPRF_KEY_STORE, provisionedLabel, type OprfKeyStore } from './key-store.js';
import { activeAt, type KeyVersion } from './key-version.js';

interface Known {
  readonly versions: readonly KeyVersion[];
  readonly until: number;
}

/** Every instance knows a new version within this time; a version therefore becomes active no sooner. */
export const knowledgeMs = 2_000;

export const KEY_VERSION_COLUMNS = `version, label, active_from AS "activeFrom", active_until AS "activeUntil",
  destroyed_at AS "destroyedAt", released_at AS "releasedAt"`;

/** The versions of each recipient's key. None is ever made here: a recipient without an active version gets no answer. */
@Injectable()
export class KeyVersions implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #known = new Map<string, Known>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly recipients: RecipientDirectory,
    @Inject(OPRF_KEY_STORE) private readonly keyStore: OprfKeyStore,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** The key in the secret is version 1 of every recipient that the operator provisioned without keys of its own, and that has no version yet. */
  async onApplicationBootstrap(): Promise<void> {
    if (!(await this.keyStore.has(provisionedLabel))) return;
    for (const { organisation, scope, hasOwnKeys = false } of this.recipients.provisioned()) {
      if (hasOwnKeys) continue;
      await this.dataSource.query(
        `INSERT INTO key_version (organisation, scope, version, label, active_from)
         SELECT $1, $2, 1, $3, now()
          WHERE NOT EXISTS (SELECT 1 FROM key_version WHERE organisation = $1 AND scope = $2)
         ON CONFLICT DO NOTHING`,
        [organisation, scope, provisionedLabel],
      );
    }
    this.forget();
    await this.#tellOfSharedKeys();
  }

  /** A sender that lies about the recipient could have one recipient's pseudonyms delivered to another under the same key. */
  async #tellOfSharedKeys(): Promise<void> {
    const shared = await this.dataSource.query<{ recipients: string[] }[]>(
      `SELECT array_agg(organisation || '|' || scope ORDER BY 1) AS recipients FROM key_version
        WHERE destroyed_at IS NULL AND (active_until IS NULL OR active_until > now()) GROUP BY label HAVING count(*) > 1`,
    );
    for (const { recipients } of shared)
      this.logger.warn(
        { recipients },
        'recipients share a key: add a version for each, and retire the shared one',
      );
  }

  async onApplicationShutdown(): Promise<void> {
    await this.keyStore.close();
  }

  /** Newest first; empty when there is none. */
  async active(recipient: PseudonymRecipient): Promise<readonly KeyVersion[]> {
    const name = `${recipient.organisation}|${recipient.scope}`;
    const known = this.#known.get(name);
    if (known !== undefined && known.until > Date.now()) return activeAt(known.versions, new Date());
    const versions = await this.all(recipient);
    this.#known.set(name, { versions, until: Date.now() + knowledgeMs });
    return activeAt(versions, new Date());
  }

  all(recipient: PseudonymRecipient): Promise<KeyVersion[]> {
    return this.dataSource.query<KeyVersion[]>(
      `SELECT ${KEY_VERSION_COLUMNS} FROM key_version WHERE organisation = $1 AND scope = $2 ORDER BY version`,
      [recipient.organisation, recipient.scope],
    );
  }

  /** After a change by this instance. */
  forget(): void {
    this.#known.clear();
  }
}
