import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { Failure } from '@samenhang/errors';
import { readKeyId, verifyClaims } from '@samenhang/identity';
import canonicalize from 'canonicalize';
import { importJWK, SignJWT, type CryptoKey, type JWK } from 'jose';
import { readPermitTerms, type PermitTerms } from './permit-terms.js';

/** Who signs, as holders know it: whatever the address of the service. */
const ISSUER = 'secondary-use-api';
const TYPE = 'permit-assertion+jwt';
const LIFETIME_SECONDS = 120;
const CLOCK_TOLERANCE_SECONDS = 5;

/** What is asked of one holder under a permit; bound to both, so that it is good for nothing else. */
export interface PermitAssertion {
  readonly terms: PermitTerms;
  /** Base URL of the holder's FHIR API. */
  readonly holder: string;
  /** The question: a ViewDefinition, or the parameters of an export. */
  readonly request: unknown;
}

/** Signs that the permit is in force now. Short-lived: a permit that is withdrawn is asserted no more. */
export async function assertPermit(
  { terms, holder, request }: PermitAssertion,
  signing: JWK,
): Promise<string> {
  const { kid } = signing;
  const key = (await importJWK(signing, 'ES256')) as CryptoKey;
  return new SignJWT({ permit: terms, request_hash: hashOf(request) })
    .setProtectedHeader({ alg: 'ES256', typ: TYPE, ...(kid === undefined ? {} : { kid }) })
    .setIssuer(ISSUER)
    .setAudience(holder)
    .setJti(crypto.randomUUID())
    .setIssuedAt()
    .setExpirationTime(`${LIFETIME_SECONDS}s`)
    .sign(key);
}

/** Checks what `assertPermit` made, at the holder: who signed, for whom, until when, about which question. */
export class PermitVerifier {
  readonly #keys: ReadonlyMap<string, KeyObject>;

  constructor(authority: { readonly keys: readonly JWK[] }) {
    this.#keys = new Map(
      authority.keys.map((jwk) => [
        jwk.kid ?? '',
        createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' }),
      ]),
    );
  }

  /** @throws Failure('forbidden') where the permit is not proven */
  verify(assertion: string, expected: Omit<PermitAssertion, 'terms'>): PermitTerms {
    const stated = readKeyId(assertion);
    const key = stated === undefined ? undefined : this.#keys.get(stated.kid ?? '');
    if (key === undefined) throw new Failure('forbidden', 'The permit is not signed by a known authority');
    const verified = verifyClaims(assertion, key, {
      issuer: ISSUER,
      audience: expected.holder,
      clockToleranceSeconds: CLOCK_TOLERANCE_SECONDS,
      required: ['jti', 'iat', 'exp', 'permit', 'request_hash'],
    });
    if ('fault' in verified)
      throw new Failure('forbidden', `The permit cannot be relied on: ${verified.fault}`);
    const { permit, request_hash: requestHash } = verified.claims;
    if (requestHash !== hashOf(expected.request))
      throw new Failure('forbidden', 'The permit was asserted for another question');
    return readPermitTerms(permit);
  }
}

/** SHA-256 of the RFC 8785 form: however it travelled. */
function hashOf(request: unknown): string {
  const text = canonicalize(request);
  if (text === undefined) throw new Failure('malformed', 'The question is no JSON');
  return createHash('sha256').update(text).digest('base64url');
}
