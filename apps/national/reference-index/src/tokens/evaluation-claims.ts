import { decodeBase64, decodeElement, type GroupElement } from '@samenhang/oprf';
import type { Requester } from './requester.js';
import { TokenRefusal } from './token-refusal.js';

export type Claims = Readonly<Record<string, unknown>>;

const SUBJECT_PREFIX = 'pseudonym:eval:';

/** One person's evaluated element, still blinded, under one version of the pseudonymisation key. */
export interface VersionedElement {
  readonly keyVersion: number;
  readonly element: GroupElement;
}

/**
 * Of a claim set whose origin is proven, per person in the order asked and newest version first: `subject` or
 * `subjects`, and what `extra_versions` adds during an overlap of key versions.
 * @param persons of a batch; undefined when the token is for one
 * @throws TokenRefusal
 */
export function readEvaluations(claims: Claims, persons: number | undefined): VersionedElement[][] {
  const subjects = persons === undefined ? [claims['subject']] : claims['subjects'];
  if (!Array.isArray(subjects) || subjects.length !== (persons ?? 1)) throw new TokenRefusal('malformed');
  const keyVersion = readVersion(claims['key_version'] ?? 1);
  const older = Object.entries((claims['extra_versions'] ?? {}) as Record<string, unknown>)
    .map(([version, value]) => ({
      keyVersion: readVersion(version),
      values: persons === undefined ? [value] : value,
    }))
    .sort((a, b) => b.keyVersion - a.keyVersion);
  for (const version of older) {
    const complete = Array.isArray(version.values) && version.values.length === subjects.length;
    if (!complete || version.keyVersion >= keyVersion) throw new TokenRefusal('malformed');
  }
  return subjects.map((subject, index) => [
    { keyVersion, element: elementIn(subject) },
    ...older.map((version) => ({
      keyVersion: version.keyVersion,
      element: elementIn(`${SUBJECT_PREFIX}${String((version.values as unknown[])[index])}`),
    })),
  ]);
}

function readVersion(value: unknown): number {
  const version = Number(value);
  if (!Number.isInteger(version) || version < 1) throw new TokenRefusal('malformed');
  return version;
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
