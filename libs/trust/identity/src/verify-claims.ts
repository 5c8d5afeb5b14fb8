import { verify, type KeyObject } from 'node:crypto';
import { readCompactJws } from './compact-jws.js';
import { toDerSignature } from './ecdsa-signature.js';

export interface ClaimsExpectation {
  readonly issuer: string;
  readonly audience: string;
  /** Claims that must be there, beside the issuer and the audience. */
  readonly required: readonly string[];
  readonly clockToleranceSeconds: number;
  readonly now?: () => number;
}

export type ClaimsFault = 'unsigned' | 'malformed' | 'expired' | 'wrong-audience';

export type VerifiedClaims =
  { readonly claims: Readonly<Record<string, unknown>> } | { readonly fault: ClaimsFault };

/** Key id of a JWS whose header admits verification with ES256; undefined otherwise. */
export function readKeyId(text: string): { readonly kid: string | undefined } | undefined {
  const { alg, crit, kid } = readCompactJws(text)?.readHeader() ?? {};
  if (alg !== 'ES256' || crit !== undefined) return undefined;
  return { kid: typeof kid === 'string' ? kid : undefined };
}

/** A signed claim set (RFC 7519 section 7.2) under ES256, verified in place. What is not proven is not read. */
export function verifyClaims(text: string, key: KeyObject, expected: ClaimsExpectation): VerifiedClaims {
  const jws = readCompactJws(text);
  if (jws === undefined || readKeyId(text) === undefined) return { fault: 'unsigned' };
  const signature = toDerSignature(jws.readSignature());
  if (signature === undefined || !verify('sha256', jws.signedBytes(), key, signature))
    return { fault: 'unsigned' };
  const claims = jws.readClaims();
  const fault = claims === undefined ? 'malformed' : findFault(claims, expected);
  return claims === undefined || fault !== undefined ? { fault: fault ?? 'malformed' } : { claims };
}

function findFault(
  claims: Readonly<Record<string, unknown>>,
  { issuer, audience, required, clockToleranceSeconds, now = Date.now }: ClaimsExpectation,
): ClaimsFault | undefined {
  const { iss, aud, exp, nbf } = claims;
  if (iss !== issuer || required.some((name) => claims[name] === undefined)) return 'malformed';
  if (![aud].flat().includes(audience)) return 'wrong-audience';
  const seconds = now() / 1000;
  const isMoment = (value: unknown): boolean => value === undefined || typeof value === 'number';
  if (![exp, nbf, claims['iat']].every(isMoment)) return 'malformed';
  if (typeof nbf === 'number' && nbf > seconds + clockToleranceSeconds) return 'malformed';
  if (typeof exp === 'number' && exp <= seconds - clockToleranceSeconds) return 'expired';
  return undefined;
}
