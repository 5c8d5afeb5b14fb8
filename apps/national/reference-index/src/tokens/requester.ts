import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { VerifiedIdentity } from '@samenhang/identity';

/** On whose behalf the index is called, and by which system. */
export interface Requester {
  readonly organisation: Ura;
  readonly clientId: string;
}

/** @throws Failure when the client does not act for a care provider */
export function requesterOf(identity: VerifiedIdentity): Requester {
  if (identity.organisation === undefined) {
    throw new Failure('forbidden', 'The index is used on behalf of a care provider; the token names none');
  }
  return { organisation: identity.organisation.ura, clientId: identity.actor?.clientId ?? identity.clientId };
}
