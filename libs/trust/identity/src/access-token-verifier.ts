import { hash } from 'node:crypto';
import { Failure } from '@samenhang/errors';
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { AuthenticationError } from './authentication-error.js';
import { ProofVerifier } from './proof-verifier.js';
import { nothingRevoked, RevocationList, type Revocations } from './revocations.js';
import { confirmationOf, originOf, toIdentity, type Confirmation } from './token-claims.js';
import type { UsedProofs } from './used-proofs.js';
import type { VerifiedIdentity } from './verified-identity.js';

const KEYS_MAXIMUM_AGE_MS = 600_000;
/** A key that is not known yet is looked for at once, but not again within this. */
const KEYS_COOLDOWN_MS = 5_000;
const KEYS_TIMEOUT_MS = 3_000;
const VERIFIED_CAPACITY = 5_000;
const CLOCK_TOLERANCE_SECONDS = 5;

export interface AccessTokenVerifierOptions {
  readonly issuer: string;
  /** Where the signing keys come from; by default the issuer's own `/jwks`. */
  readonly keys?: JWTVerifyGetKey;
  /** Which tokens were called back; by default the issuer's own list, when its own keys are used too. */
  readonly revocations?: Revocations;
  /** Which proofs were used; by default those that this process saw. */
  readonly usedProofs?: UsedProofs;
  readonly now?: () => number;
}

export interface PresentedToken {
  readonly authorization: string | undefined;
  readonly proof: string | readonly string[] | undefined;
  /** SHA-256 of the certificate that the caller proved to have, if any. */
  readonly certificate?: string | undefined;
  readonly method: string;
  readonly url: string;
  /** The one audience the token must name. */
  readonly audience: string;
}

interface VerifiedToken {
  readonly identity: VerifiedIdentity;
  readonly audience: string;
  readonly confirmation: Confirmation;
  /** Its own and that of the token it was exchanged for: when either is called back, it ends. */
  readonly tokenIds: readonly string[];
  readonly expiresAtMs: number;
}

/**
 * Verifies sender-constrained JWT access tokens (RFC 9068, RFC 9449). Keys are kept, and so is the outcome of a
 * token's own checks; the proof is verified anew for each request.
 */
export class AccessTokenVerifier {
  readonly #issuer: string;
  readonly #keys: JWTVerifyGetKey;
  readonly #now: () => number;
  readonly #proofs: ProofVerifier;
  readonly #revocations: Revocations;
  readonly #verified = new Map<string, VerifiedToken>();

  constructor(options: AccessTokenVerifierOptions) {
    this.#issuer = options.issuer;
    this.#keys = options.keys ?? remoteKeys(options.issuer);
    this.#now = options.now ?? Date.now;
    this.#proofs = new ProofVerifier(this.#now, options.usedProofs);
    this.#revocations =
      options.revocations ??
      (options.keys === undefined ? new RevocationList(options.issuer) : nothingRevoked);
  }

  /** @throws AuthenticationError; Failure('unavailable') when keys, revocations or used proofs cannot be had */
  async verify(presented: PresentedToken): Promise<VerifiedIdentity> {
    const { scheme, accessToken } = readToken(presented.authorization);
    const tokenHash = hash('sha256', accessToken, 'base64url');
    const verified = await this.#verifyToken(accessToken, tokenHash);
    if (verified.audience !== presented.audience) throw refusal('it was issued for another audience');
    if (await this.#revocations.isAnyRevoked(verified.tokenIds)) throw refusal('it was revoked');
    const { key, certificate } = verified.confirmation;
    // Of each kind of token its own scheme: one that is bound to a key is never taken without a proof.
    if ((key !== undefined) !== (scheme === 'dpop')) throw refusal('the scheme is not that of the token');
    if (certificate !== undefined && certificate !== presented.certificate)
      throw refusal('it is for another certificate');
    if (key !== undefined) await this.#verifyProof(presented, tokenHash, key);
    return verified.identity;
  }

  async #verifyProof(
    { proof, method, url }: PresentedToken,
    tokenHash: string,
    thumbprint: string,
  ): Promise<void> {
    if (typeof proof !== 'string')
      throw new AuthenticationError('invalid_dpop_proof', 'One DPoP proof is required');
    await this.#proofs.verify(proof, { method, url, tokenHash, thumbprint });
  }

  async #verifyToken(accessToken: string, tokenHash: string): Promise<VerifiedToken> {
    const known = this.#verified.get(tokenHash);
    if (known !== undefined && known.expiresAtMs > this.#now()) return known;
    this.#verified.delete(tokenHash);
    const claims = await this.#verifySignature(accessToken);
    const identity = toIdentity(claims, accessToken);
    const origin = originOf(claims);
    const verified: VerifiedToken = {
      identity,
      audience: singleAudience(claims),
      confirmation: confirmationOf(claims),
      tokenIds: [identity.tokenId, ...(origin === undefined ? [] : [origin])],
      expiresAtMs: ((claims.exp ?? 0) + CLOCK_TOLERANCE_SECONDS) * 1000,
    };
    if (this.#verified.size >= VERIFIED_CAPACITY) this.#verified.clear();
    this.#verified.set(tokenHash, verified);
    return verified;
  }

  async #verifySignature(accessToken: string): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(accessToken, this.#keys, {
        issuer: this.#issuer,
        algorithms: ['ES256'],
        typ: 'at+jwt',
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(this.#now()),
        requiredClaims: ['aud', 'client_id', 'cnf', 'exp', 'iat', 'jti'],
      });
      return payload;
    } catch (cause) {
      if (isTokenFault(cause)) throw refusal('signature, issuer, lifetime or claims do not hold', cause);
      throw new Failure('unavailable', 'The keys of the authorisation server cannot be had now', { cause });
    }
  }
}

function remoteKeys(issuer: string): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(`${issuer.replace(/\/$/, '')}/jwks`), {
    cacheMaxAge: KEYS_MAXIMUM_AGE_MS,
    cooldownDuration: KEYS_COOLDOWN_MS,
    timeoutDuration: KEYS_TIMEOUT_MS,
  });
}

/** A token that is bound to a certificate has the scheme of bearer tokens (RFC 8705 section 3). */
function readToken(authorization: string | undefined): { scheme: 'dpop' | 'bearer'; accessToken: string } {
  if (authorization === undefined)
    throw new AuthenticationError('missing', 'A sender-constrained access token is required');
  const [, scheme, accessToken] = /^(DPoP|Bearer) +([\w.~+/-]+=*)$/i.exec(authorization) ?? [];
  if (scheme === undefined || accessToken === undefined)
    throw refusal('the Authorization header must have the DPoP or the Bearer scheme');
  return { scheme: scheme.toLowerCase() === 'dpop' ? 'dpop' : 'bearer', accessToken };
}

function singleAudience(claims: JWTPayload): string {
  const audiences = [claims.aud].flat();
  const [audience] = audiences;
  if (audiences.length !== 1 || typeof audience !== 'string') throw refusal('it must name one audience');
  return audience;
}

/** Faults that lie in the token, as opposed to keys that could not be fetched. */
function isTokenFault(cause: unknown): boolean {
  return (
    cause instanceof errors.JWTExpired ||
    cause instanceof errors.JWTClaimValidationFailed ||
    cause instanceof errors.JWTInvalid ||
    cause instanceof errors.JWSInvalid ||
    cause instanceof errors.JWSSignatureVerificationFailed ||
    cause instanceof errors.JOSEAlgNotAllowed ||
    cause instanceof errors.JOSENotSupported ||
    cause instanceof errors.JWKSNoMatchingKey ||
    cause instanceof errors.JWKSMultipleMatchingKeys
  );
}

function refusal(rule: string, cause?: unknown): AuthenticationError {
  return new AuthenticationError('invalid_token', `The access token is not accepted: ${rule}`, { cause });
}
