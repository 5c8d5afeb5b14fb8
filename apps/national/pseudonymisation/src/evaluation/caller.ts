import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { VerifiedIdentity } from '@samenhang/identity';
import type { Recipient } from '../recipients/recipient-directory.js';

/** Who asks: the evaluation is bound to both, so that nobody else can present it to the recipient. */
export interface Caller {
  readonly organisation: Ura;
  readonly clientId: string;
}

/** @throws Failure when the client does not act for a care provider */
export function callerOf(identity: VerifiedIdentity): Caller {
  if (identity.organisation === undefined) {
    throw new Failure(
      'forbidden',
      'An evaluation is made on behalf of a care provider; the token names none',
    );
  }
  return { organisation: identity.organisation.ura, clientId: identity.actor?.clientId ?? identity.clientId };
}

/**
 * A recipient that could have inputs of its own choice evaluated would learn the pseudonym of every person it can
 * name, by trying all of them.
 */
export function isEvaluationForOneself(
  caller: Caller,
  recipient: Pick<Recipient, 'organisation' | 'clients'>,
): boolean {
  return (
    recipient.clients.includes(caller.clientId) || recipient.organisation === `ura:${caller.organisation}`
  );
}
