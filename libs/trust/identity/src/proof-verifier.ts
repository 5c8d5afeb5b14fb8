import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { AuthenticationError } from './authentication-error.js';
import { readCompactJws, type CompactJws } from './compact-jws.js';
import { toDerSignature } from './ecdsa-signature.js';
import { PROOF_WINDOW_SECONDS, ProcessProofs, type UsedProofs } from './used-proofs.js';

/** Clocks of other operators may be a little ahead. */
const { past: MAXIMUM_AGE_SECONDS, future: MAXIMUM_AHEAD_SECONDS } = PROOF_WINDOW_SECONDS;
const MAXIMUM_JTI_LENGTH = 128;
const KEY_CAPACITY = 2_000;
/** Longer than any header with a public key that is accepted: what is padded is not kept. */
const MAXIMUM_KEPT_HEADER_LENGTH = 768;

/** What each accepted algorithm is, as the runtime names it. The algorithm decides the type of key, never the sender. */
const algorithms: ReadonlyMap<unknown, { readonly digest: 'sha256' | null; readonly curve: string }> =
  new Map([
    ['ES256', { digest: 'sha256', curve: 'P-256' }],
    ['EdDSA', { digest: null, curve: 'Ed25519' }],
    ['Ed25519', { digest: null, curve: 'Ed25519' }],
  ] as const);

export interface ProofExpectation {
  readonly method: string;
  /** The URL as the caller addressed it; query and fragment do not take part (RFC 9449 section 4.3). */
  readonly url: string;
  /** SHA-256 of the access token, base64url. */
  readonly tokenHash: string;
  /** Thumbprint of the key the token is bound to. */
  readonly thumbprint: string;
}

interface ProofSigner {
  readonly key: KeyObject;
  readonly digest: 'sha256' | null;
  readonly thumbprint: string;
}

/**
 * Checks DPoP proofs by every rule of RFC 9449 section 4.3. Signatures are verified in place: a round to a thread of the
 * pool costs more than the verification.
 */
export class ProofVerifier {
  /** By the protected header as sent: a caller states its key the same way each time. */
  readonly #signers = new Map<string, ProofSigner>();

  constructor(
    private readonly now: () => number = Date.now,
    private readonly used: UsedProofs = new ProcessProofs(now),
  ) {}

  /** @throws AuthenticationError; Failure('unavailable') when it cannot be found out whether the proof was used */
  async verify(proof: string, expected: ProofExpectation): Promise<void> {
    const jws = readCompactJws(proof);
    if (jws === undefined) throw refusal('the proof cannot be read');
    const signer = this.#signers.get(jws.encodedHeader) ?? (await this.#readSigner(jws));
    // No other key is worth a signature check.
    if (signer.thumbprint !== expected.thumbprint)
      throw refusal('the key is not the one the token is bound to');
    if (!isSignedBy(jws, signer)) throw refusal('the signature is not valid');
    const jti = this.#checkClaims(jws.readClaims() ?? {}, expected);
    if (!(await this.used.admit(`${expected.thumbprint} ${jti}`))) throw refusal('the proof was used before');
  }

  async #readSigner(jws: CompactJws): Promise<ProofSigner> {
    const { typ, alg, jwk, crit } = jws.readHeader() ?? {};
    if (typ !== 'dpop+jwt') throw refusal('typ must be dpop+jwt');
    // No extension is understood here, and one that is critical must be (RFC 7515 section 4.1.11).
    if (crit !== undefined) throw refusal('the header has critical extensions');
    const algorithm = algorithms.get(alg);
    if (algorithm === undefined) throw refusal('the algorithm is not accepted');
    if (!isPublicKey(jwk, algorithm.curve)) throw refusal('a public key is required');
    const signer = {
      key: importKey(jwk),
      digest: algorithm.digest,
      thumbprint: await calculateJwkThumbprint(jwk),
    };
    if (jws.encodedHeader.length > MAXIMUM_KEPT_HEADER_LENGTH) return signer;
    if (this.#signers.size >= KEY_CAPACITY) this.#signers.clear();
    this.#signers.set(jws.encodedHeader, signer);
    return signer;
  }

  /** @returns the proof's identifier */
  #checkClaims(claims: Readonly<Record<string, unknown>>, expected: ProofExpectation): string {
    const { htm, htu, ath, iat, jti, exp, nbf } = claims;
    if (htm !== expected.method) throw refusal('htm does not match the request');
    if (typeof htu !== 'string' || !sameTarget(htu, expected.url))
      throw refusal('htu does not match the request');
    if (ath !== expected.tokenHash) throw refusal('ath does not match the token');
    if (typeof jti !== 'string' || jti === '' || jti.length > MAXIMUM_JTI_LENGTH)
      throw refusal('jti is required');
    const now = this.now() / 1000;
    if (typeof iat !== 'number' || !(iat >= now - MAXIMUM_AGE_SECONDS) || iat > now + MAXIMUM_AHEAD_SECONDS)
      throw refusal('iat is too far from the present time');
    // Neither is required; a sender that limits its proof is taken at its word (RFC 7519 section 4.1).
    if (exp !== undefined && !(typeof exp === 'number' && exp > now)) throw refusal('the proof has expired');
    if (nbf !== undefined && !(typeof nbf === 'number' && nbf <= now + MAXIMUM_AHEAD_SECONDS))
      throw refusal('the proof is not valid yet');
    return jti;
  }
}

function isSignedBy(jws: CompactJws, { key, digest }: ProofSigner): boolean {
  try {
    const signature = jws.readSignature();
    const readable = digest === null ? signature : toDerSignature(signature);
    return readable !== undefined && verify(digest, jws.signedBytes(), key, readable);
  } catch {
    return false;
  }
}

function importKey(jwk: JWK): KeyObject {
  try {
    return createPublicKey({ key: { ...jwk }, format: 'jwk' });
  } catch (cause) {
    throw refusal('a public key is required', cause);
  }
}

function refusal(rule: string, cause?: unknown): AuthenticationError {
  return new AuthenticationError('invalid_dpop_proof', `The DPoP proof is not accepted: ${rule}`, { cause });
}

/** A public key of the curve that the algorithm signs with; a private or symmetric one is a leaked secret. */
function isPublicKey(value: unknown, curve: string): value is JWK {
  if (typeof value !== 'object' || value === null) return false;
  const { kty, crv, d, k } = value as JWK;
  return d === undefined && k === undefined && kty !== 'oct' && crv === curve;
}

function sameTarget(claimed: string, actual: string): boolean {
  if (claimed === actual) return true;
  const left = URL.parse(claimed);
  const right = URL.parse(actual);
  return left !== null && right !== null && left.origin === right.origin && left.pathname === right.pathname;
}
