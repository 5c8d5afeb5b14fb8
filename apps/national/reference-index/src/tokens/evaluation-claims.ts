import { decodeBase64, decodeElement, type GroupElement } from '@samenhang/oprf';
import type { Requester } from './requester.js';
import { TokenRefusal } from './token-refusal.js';

export type Claims = Readonly<Record<string, unknown>>;

const SUBJECT_PREFIX = 'pseudonym:eval:';

/** The evaluated element, still blinded, of a claim set whose origin is proven. @throws TokenRefusal */
export function evaluatedElementOf(claims: Claims): GroupElement {
  return elementIn(claims['subject']);
}

/** The evaluated elements of a batch, in the order in which they were asked. @throws TokenRefusal */
export function evaluatedElementsOf(claims: Claims, expected: number): GroupElement[] {
  const { subjects } = claims;
  if (!Array.isArray(subjects) || subjects.length !== expected) throw new TokenRefusal('malformed');
  return subjects.map(elementIn);
}

function elementIn(subject: unknown): GroupElement {
  if (typeof subject !== 'string' || !subject.startsWith(SUBJECT_PREFIX)) throw new TokenRefusal('malformed');
  try {
    return decodeElement(decodeBase64(subject.slice(SUBJECT_PREFIX.length)));
  } catch (cause) {
    throw new TokenRefusal('not-an-element', cause);
  }
}

/** @throws TokenRefusal when the evaluation was made for someone else */
export function assertRequester(claims: Claims, requester: Requester): void {
  const bound = claims['requester'] as { organization_ura?: unknown; client_id?: unknown } | null | undefined;
  const same = bound?.organization_ura === requester.organisation && bound?.client_id === requester.clientId;
  if (!same) throw new TokenRefusal('wrong-requester');
}

/** @throws TokenRefusal when the evaluation was made for another scope of this organisation */
export function assertScope(claims: Claims, scope: string): void {
  if (claims['scope'] !== scope) throw new TokenRefusal('wrong-audience');
}

/** What single use needs. @throws TokenRefusal */
export function usageOf(claims: Claims): { readonly jti: string; readonly expiresAt: Date } {
  const { jti, exp } = claims;
  if (typeof jti !== 'string' || jti === '' || jti.length > 100 || typeof exp !== 'number') {
    throw new TokenRefusal('malformed');
  }
  return { jti, expiresAt: new Date(exp * 1000) };
}
