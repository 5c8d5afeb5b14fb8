import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import type { VerifiedIdentity } from '@samenhang/identity';
import { inTransaction } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import { IndexAudit } from '../audit/index-audit.js';
import { LocalisationChanges } from '../changes/localisation-changes.js';
import { countOwn, deleteOwn } from '../registrations/registration-store.js';
import { requesterOf } from '../tokens/requester.js';

export interface WipeAnnouncement {
  /** To be sent back; known to nobody else. */
  readonly confirmation: string;
  /** How many registrations will go. */
  readonly registrations: number;
  readonly expiresAt: Date;
}

const CONFIRMATION_MINUTES = 10;

/** Withdrawing all registrations of an organisation: announced, then confirmed with what the announcement said. */
@Injectable()
export class OrganisationWipe {
  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: LocalisationChanges,
    private readonly audit: IndexAudit,
  ) {}

  async announce(identity: VerifiedIdentity): Promise<WipeAnnouncement> {
    const { organisation } = requesterOf(identity);
    const confirmation = randomBytes(24).toString('base64url');
    return inTransaction(this.dataSource, async (transaction) => {
      const registrations = await countOwn(transaction, organisation, {});
      const [row] = await transaction.query<{ expiresAt: Date }>(
        `INSERT INTO wipe_request (custodian, confirmation_hash, registrations, expires_at)
         VALUES ($1, $2, $3, now() + make_interval(mins => $4))
         ON CONFLICT (custodian) DO UPDATE SET confirmation_hash = EXCLUDED.confirmation_hash,
           registrations = EXCLUDED.registrations, expires_at = EXCLUDED.expires_at
         RETURNING expires_at AS "expiresAt"`,
        [organisation, hashOf(confirmation), registrations, CONFIRMATION_MINUTES],
      );
      const query = 'announce the wiping of the organisation';
      await this.audit.record(transaction, {
        activity: 'deregister',
        outcome: 'success',
        who: identity,
        query,
      });
      return { confirmation, registrations: Number(registrations), expiresAt: row?.expiresAt ?? new Date() };
    });
  }

  /** @returns how many were withdrawn. A confirmation is good once; one that does not fit uses none up. */
  async confirm(confirmation: string, registrations: number, identity: VerifiedIdentity): Promise<number> {
    const act = { activity: 'deregister', who: identity, query: 'wipe the organisation' } as const;
    return this.audit.recordingRefusal(act, async () => {
      const { organisation } = requesterOf(identity);
      return inTransaction(this.dataSource, async (transaction) => {
        const confirmed = await transaction.query(
          `DELETE FROM wipe_request
            WHERE custodian = $1 AND confirmation_hash = $2 AND registrations = $3 AND expires_at > now()
           RETURNING custodian`,
          [organisation, hashOf(confirmation), registrations],
        );
        if (confirmed.length === 0)
          throw new Failure('conflict', 'No announced wiping is confirmed by this: announce it again');
        const deleted = await deleteOwn(transaction, organisation, {});
        const events = this.changes.toEvents('localisation.withdrawn', deleted);
        await this.audit.record(transaction, { ...act, outcome: 'success' }, events);
        return deleted.length;
      });
    });
  }
}

function hashOf(confirmation: string): Buffer {
  return createHash('sha256').update(confirmation).digest();
}
