import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import type { Transaction } from '@samenhang/event-log';
import type { VerifiedIdentity } from '@samenhang/identity';
import type { PseudonymRecipient } from '@samenhang/oprf';
import { inTransaction } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import { OPRF_KEY_STORE, type OprfKeyStore } from '../keys/key-store.js';
import { isExpired, type KeyVersion } from '../keys/key-version.js';
import { KEY_VERSION_COLUMNS, KeyVersions, knowledgeMs } from '../keys/key-versions.js';
import { RecipientDirectory } from '../recipients/recipient-directory.js';
import { AdministrationAudit } from './administration-audit.js';

/** The life of a recipient's keys: added beside the present one, ended when all has moved over, then destroyed. */
@Injectable()
export class KeyVersionAdministration {
  constructor(
    private readonly dataSource: DataSource,
    private readonly versions: KeyVersions,
    private readonly recipients: RecipientDirectory,
    private readonly audit: AdministrationAudit,
    @Inject(OPRF_KEY_STORE) private readonly keyStore: OprfKeyStore,
  ) {}

  async add(
    recipient: PseudonymRecipient,
    activeFrom: Date | undefined,
    who: VerifiedIdentity,
  ): Promise<KeyVersion> {
    if ((await this.recipients.find(recipient)) === undefined) throw absent();
    // All instances must know a version before the first one uses it.
    const earliest = new Date(Date.now() + knowledgeMs);
    if (activeFrom !== undefined && activeFrom < earliest)
      throw new Failure('invalid', `activeFrom must be at least ${knowledgeMs / 1000} seconds ahead`);
    const label = randomUUID();
    await this.keyStore.generate(label);
    try {
      return await this.#changing(async (transaction) => {
        const [added] = await transaction.query<KeyVersion>(
          `INSERT INTO key_version (organisation, scope, version, label, active_from)
           SELECT $1, $2, coalesce(max(version), 0) + 1, $3, $4 FROM key_version WHERE organisation = $1 AND scope = $2
           ON CONFLICT DO NOTHING RETURNING ${KEY_VERSION_COLUMNS}`,
          [recipient.organisation, recipient.scope, label, activeFrom ?? earliest],
        );
        if (added === undefined) throw new Failure('conflict', 'Another version is being added now');
        await this.audit.record(transaction, who, `add key ${nameOf(recipient, added.version)}`);
        return added;
      });
    } catch (error) {
      await this.keyStore.destroy(label);
      throw error;
    }
  }

  /** The newest active version has no end: without it every pseudonym of the recipient would be out of reach. */
  async end(
    recipient: PseudonymRecipient,
    version: number,
    activeUntil: Date,
    who: VerifiedIdentity,
  ): Promise<KeyVersion> {
    return this.#changing(async (transaction) => {
      const all = await lockAll(transaction, recipient);
      const present = all.find((each) => each.version === version);
      if (present === undefined) throw absent();
      const takesOver = all.some(
        (each) =>
          each.version > version &&
          each.destroyedAt === null &&
          each.activeFrom <= activeUntil &&
          (each.activeUntil === null || each.activeUntil > activeUntil),
      );
      if (!takesOver) throw new Failure('conflict', 'No newer version takes over by then');
      if (activeUntil < present.activeFrom)
        throw new Failure('invalid', 'A version cannot end before it begins');
      const [ended] = await transaction.query<KeyVersion>(
        `UPDATE key_version SET active_until = $4 WHERE organisation = $1 AND scope = $2 AND version = $3
         RETURNING ${KEY_VERSION_COLUMNS}`,
        [recipient.organisation, recipient.scope, version, activeUntil],
      );
      await this.audit.record(transaction, who, `end key ${nameOf(recipient, version)}`);
      return ended ?? present;
    });
  }

  /** Only what has expired and is needed no more; the row stays and says when. */
  async destroy(
    recipient: PseudonymRecipient,
    version: number,
    isVouchedFor: boolean,
    who: VerifiedIdentity,
  ): Promise<void> {
    await this.#changing(async (transaction) => {
      const present = (await lockAll(transaction, recipient)).find((each) => each.version === version);
      if (present === undefined) throw absent();
      if (present.destroyedAt !== null) return;
      if (!isExpired(present, new Date()))
        throw new Failure('conflict', 'Only a version whose activeUntil has passed can be destroyed');
      // What is registered under it could never be found again.
      if (present.releasedAt === null && !isVouchedFor)
        throw new Failure(
          'conflict',
          'The recipient has not reported that it keeps nothing under this version',
        );
      const shared = await transaction.query(
        `SELECT 1 FROM key_version WHERE label = $1 AND destroyed_at IS NULL
            AND NOT (organisation = $2 AND scope = $3 AND version = $4)`,
        [present.label, recipient.organisation, recipient.scope, version],
      );
      if (shared.length > 0) throw new Failure('conflict', 'Another recipient still uses this key');
      // Before the row says so: a crash in between leaves a version to destroy once more, never a key believed gone.
      await this.keyStore.destroy(present.label);
      await transaction.query(
        `UPDATE key_version SET destroyed_at = now() WHERE organisation = $1 AND scope = $2 AND version = $3`,
        [recipient.organisation, recipient.scope, version],
      );
      const vouched = present.releasedAt === null ? '&rekeying=finished' : '';
      await this.audit.record(transaction, who, `destroy key ${nameOf(recipient, version)}${vouched}`);
    });
  }

  async #changing<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const result = await inTransaction(this.dataSource, work);
    this.versions.forget();
    return result;
  }
}

function lockAll(transaction: Transaction, recipient: PseudonymRecipient): Promise<KeyVersion[]> {
  return transaction.query<KeyVersion>(
    `SELECT ${KEY_VERSION_COLUMNS} FROM key_version WHERE organisation = $1 AND scope = $2 ORDER BY version FOR UPDATE`,
    [recipient.organisation, recipient.scope],
  );
}

function nameOf(recipient: PseudonymRecipient, version: number): string {
  return `recipient=${recipient.organisation}&scope=${recipient.scope}&version=${version}`;
}

function absent(): Failure {
  return new Failure('not-found', 'No such recipient or version');
}
