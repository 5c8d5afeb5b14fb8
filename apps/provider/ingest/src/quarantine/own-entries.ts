import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { VerifiedIdentity } from '@samenhang/identity';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The care provider whose messages the caller may see. @throws Failure('forbidden') */
export function organisationOf(identity: VerifiedIdentity): Ura {
  if (identity.organisation === undefined)
    throw new Failure('forbidden', 'The access token is of no care provider');
  return identity.organisation.ura;
}

/** @throws Failure('not-found') when the text can be no id */
export function requireUuid(text: string, otherwise: string): string {
  if (!UUID.test(text)) throw new Failure('not-found', otherwise);
  return text;
}
