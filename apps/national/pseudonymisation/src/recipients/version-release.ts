import { Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import type { Transaction } from '@samenhang/event-log';
import type { VerifiedIdentity } from '@samenhang/identity';
import type { PseudonymRecipient } from '@samenhang/oprf';
import { inTransaction } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import { AdministrationAudit } from '../administration/administration-audit.js';
import { KeyVersions } from '../keys/key-versions.js';
import { RecipientRegistration } from './recipient-registration.js';

/**
 * A recipient reports that it has moved everything away from a version of its key, and the older ones with it. Only it can
 * know: this service keeps no pseudonyms. Without the report no key is destroyed, unless the operator vouches for it.
 */
@Injectable()
export class VersionRelease {
  constructor(
    private readonly dataSource: DataSource,
    private readonly registration: RecipientRegistration,
    private readonly versions: KeyVersions,
    private readonly audit: AdministrationAudit,
  ) {}

  async release(recipient: PseudonymRecipient, version: number, who: VerifiedIdentity): Promise<void> {
    const query = `release key recipient=${recipient.organisation}&scope=${recipient.scope}&version=${version}`;
    const refusal = await inTransaction(this.dataSource, async (transaction) => {
      const found = await this.#release(transaction, recipient, version, who);
      await this.audit.record(transaction, who, query, found?.kind);
      return found;
    });
    if (refusal !== undefined) throw refusal;
    this.versions.forget();
  }

  async #release(
    transaction: Transaction,
    recipient: PseudonymRecipient,
    version: number,
    who: VerifiedIdentity,
  ): Promise<Failure | undefined> {
    if (!this.registration.actsFor(recipient, who))
      return new Failure('forbidden', 'A version is released by the recipient itself');
    const active = await this.versions.active(recipient);
    if (!active.some((each) => each.version > version))
      return new Failure('conflict', 'No newer version is active: what is kept would be under this one');
    const released = await transaction.query(
      `UPDATE key_version SET released_at = coalesce(released_at, now())
        WHERE organisation = $1 AND scope = $2 AND version <= $3 RETURNING 1`,
      [recipient.organisation, recipient.scope, version],
    );
    return released.length === 0 ? new Failure('not-found', 'No such version') : undefined;
  }
}
