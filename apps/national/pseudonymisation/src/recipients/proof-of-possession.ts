import { Failure } from '@samenhang/errors';
import type { PseudonymRecipient } from '@samenhang/oprf';
import { importJWK, jwtVerify, type JWK } from 'jose';

export interface ExpectedProof {
  readonly recipient: PseudonymRecipient;
  readonly challenge: string;
  /** Address of this service. */
  readonly audience: string;
}

/**
 * A JWS (PS256) by the private half of the key itself over challenge, recipient and this service: without it, anybody
 * with the right to register could have evaluations encrypted to a key of somebody else, or of nobody.
 * @throws Failure('invalid')
 */
export async function assertPossession(jwk: JWK, proof: string, expected: ExpectedProof): Promise<void> {
  const { kty, n, e } = jwk;
  try {
    const key = await importJWK({ kty, n, e } as JWK, 'PS256');
    const { payload } = await jwtVerify(proof, key, {
      algorithms: ['PS256'],
      audience: expected.audience,
      requiredClaims: ['nonce', 'recipient_organization', 'recipient_scope'],
    });
    const same =
      payload['nonce'] === expected.challenge &&
      payload['recipient_organization'] === expected.recipient.organisation &&
      payload['recipient_scope'] === expected.recipient.scope;
    if (same) return;
  } catch (cause) {
    throw new Failure('invalid', 'The proof is not a signature by this key for this service', { cause });
  }
  throw new Failure('invalid', 'The proof is about another challenge or recipient');
}
