import { createHmac, randomBytes } from 'node:crypto';
import type { VerifiedIdentity } from '@samenhang/identity';
import type { Bsn } from '@samenhang/patient-identity';

/**
 * Under which name an answer of the index is kept: of this person, to exactly this asker. Whatever the index may decide
 * by is part of it, so that nobody is served what another was told. The secret lives and dies with the process.
 */
export class RequesterKeys {
  readonly #secret = randomBytes(32);

  of({ bsn, identity }: { readonly bsn: Bsn; readonly identity: VerifiedIdentity }): string {
    return createHmac('sha256', this.#secret)
      .update(JSON.stringify([bsn, askerOf(identity)]))
      .digest('base64url');
  }
}

/** Everything about an asker that what it may have can depend on, of one who acts now. */
export function askerOf(identity: VerifiedIdentity): readonly unknown[] {
  return [
    identity.clientId,
    identity.actor?.clientId,
    identity.organisation?.ura,
    identity.organisation?.facilityType,
    identity.professional?.id,
    identity.professional?.roleCode,
    identity.purposeOfUse,
    identity.treatmentRelation,
    identity.delegate?.id,
    identity.emergency?.id,
    [...identity.scopes].sort(),
  ];
}
