import {
  calculateJwkThumbprint,
  decodeProtectedHeader,
  importJWK,
  jwtVerify,
  type CryptoKey,
  type JWK,
  type JWTPayload,
} from 'jose';
import { AuthenticationError } from './authentication-error.js';
import { ReplayCache } from './replay-cache.js';

const ALGORITHMS = ['ES256', 'EdDSA', 'Ed25519'];
const MAXIMUM_AGE_SECONDS = 60;
/** Clocks of other operators may be a little ahead. */
const MAXIMUM_AHEAD_SECONDS = 5;
const MAXIMUM_JTI_LENGTH = 128;
const KEY_CAPACITY = 2_000;
/** Longer than any public key that is accepted: what is padded is not kept. */
const MAXIMUM_KEPT_KEY_LENGTH = 512;

export interface ProofExpectation {
  readonly method: string;
  /** The URL as the caller addressed it; query and fragment do not take part (RFC 9449 section 4.3). */
  readonly url: string;
  /** SHA-256 of the access token, base64url. */
  readonly tokenHash: string;
  /** Thumbprint of the key the token is bound to. */
  readonly thumbprint: string;
}

/** Checks DPoP proofs by every rule of RFC 9449 section 4.3. */
export class ProofVerifier {
  readonly #seen: ReplayCache;
  readonly #keys = new Map<string, CryptoKey>();
  /** By the key as the proof states it: a caller states it the same way each time, and hashing costs a round to a thread. */
  readonly #thumbprints = new Map<string, string>();

  constructor(private readonly now: () => number = Date.now) {
    this.#seen = new ReplayCache((MAXIMUM_AGE_SECONDS + MAXIMUM_AHEAD_SECONDS) * 1000, now);
  }

  /** @throws AuthenticationError */
  async verify(proof: string, expected: ProofExpectation): Promise<void> {
    const key = await this.#boundKey(proof, expected.thumbprint);
    const claims = await this.#verifySignature(proof, key);
    this.#checkClaims(claims, expected);
    if (!this.#seen.admit(`${expected.thumbprint} ${claims.jti}`)) throw refusal('the proof was used before');
  }

  /** The proof's own key, but only when it is the key of the token: no other key is worth a signature check. */
  async #boundKey(proof: string, thumbprint: string): Promise<CryptoKey> {
    try {
      const { alg, typ, jwk } = decodeProtectedHeader(proof);
      if (typ !== 'dpop+jwt') throw refusal('typ must be dpop+jwt');
      if (alg === undefined || !ALGORITHMS.includes(alg)) throw refusal('the algorithm is not accepted');
      if (jwk === undefined || isPrivate(jwk)) throw refusal('a public key is required');
      if ((await this.#thumbprintOf(jwk)) !== thumbprint)
        throw refusal('the key is not the one the token is bound to');
      return this.#keys.get(thumbprint) ?? (await this.#importKey(thumbprint, jwk, alg));
    } catch (cause) {
      throw cause instanceof AuthenticationError ? cause : refusal('the proof cannot be read', cause);
    }
  }

  async #thumbprintOf(jwk: JWK): Promise<string> {
    const stated = JSON.stringify(jwk);
    const known = this.#thumbprints.get(stated);
    if (known !== undefined) return known;
    const thumbprint = await calculateJwkThumbprint(jwk);
    if (stated.length > MAXIMUM_KEPT_KEY_LENGTH) return thumbprint;
    if (this.#thumbprints.size >= KEY_CAPACITY) this.#thumbprints.clear();
    this.#thumbprints.set(stated, thumbprint);
    return thumbprint;
  }

  async #importKey(thumbprint: string, jwk: JWK, alg: string): Promise<CryptoKey> {
    const key = (await importJWK(jwk, alg)) as CryptoKey;
    if (this.#keys.size >= KEY_CAPACITY) this.#keys.clear();
    this.#keys.set(thumbprint, key);
    return key;
  }

  async #verifySignature(proof: string, key: CryptoKey): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(proof, key, {
        algorithms: ALGORITHMS,
        currentDate: new Date(this.now()),
      });
      return payload;
    } catch (cause) {
      throw refusal('the signature or the claims are not valid', cause);
    }
  }

  #checkClaims(claims: JWTPayload, expected: ProofExpectation): void {
    const { htm, htu, ath, iat, jti } = claims as Record<string, unknown>;
    if (htm !== expected.method) throw refusal('htm does not match the request');
    if (typeof htu !== 'string' || !sameTarget(htu, expected.url))
      throw refusal('htu does not match the request');
    if (ath !== expected.tokenHash) throw refusal('ath does not match the token');
    if (typeof jti !== 'string' || jti === '' || jti.length > MAXIMUM_JTI_LENGTH)
      throw refusal('jti is required');
    const now = this.now() / 1000;
    if (typeof iat !== 'number' || iat < now - MAXIMUM_AGE_SECONDS || iat > now + MAXIMUM_AHEAD_SECONDS) {
      throw refusal('iat is too far from the present time');
    }
  }
}

function refusal(rule: string, cause?: unknown): AuthenticationError {
  return new AuthenticationError('invalid_dpop_proof', `The DPoP proof is not accepted: ${rule}`, { cause });
}

function isPrivate(jwk: JWK): boolean {
  return jwk.d !== undefined || jwk.k !== undefined || jwk.kty === 'oct';
}

function sameTarget(claimed: string, actual: string): boolean {
  const left = URL.parse(claimed);
  const right = URL.parse(actual);
  return left !== null && right !== null && left.origin === right.origin && left.pathname === right.pathname;
}
