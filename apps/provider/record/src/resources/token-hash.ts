import { hash } from 'node:crypto';

/**
 * Tokens are searched by 64-bit hashes in an array column. Within the facts of one patient a collision is out of the
 * question (n² / 2⁶⁵), and every search is about one patient.
 */
const CACHE_LIMIT = 50_000;
const cache = new Map<string, string>();

/** Signed 64-bit integer as text, as PostgreSQL's bigint reads it. Codes repeat, so hashes are remembered. */
function hash64(text: string): string {
  const known = cache.get(text);
  if (known !== undefined) return known;
  if (cache.size >= CACHE_LIMIT) cache.clear();
  const value = hash('sha256', text, 'buffer').readBigInt64BE(0).toString();
  cache.set(text, value);
  return value;
}

const SEPARATOR = '\u0000';

/** Spellings under which a coding is found: `code`, `system|code` (or `|code`), and `system|`. */
export function tokenHashes(
  parameter: string,
  system: string | undefined,
  code: string | undefined,
): string[] {
  const hashes: string[] = [];
  if (code !== undefined) hashes.push(anySystem(parameter, code), exact(parameter, system ?? '', code));
  if (system !== undefined) hashes.push(anyCode(parameter, system));
  return hashes;
}

/** The one spelling that a search criterion looks for. */
export function searchedHash(parameter: string, token: { system?: string; code?: string }): string {
  const { system, code } = token;
  if (code === undefined) return anyCode(parameter, system ?? '');
  return system === undefined ? anySystem(parameter, code) : exact(parameter, system, code);
}

/** Stands for there being any value of a parameter, for `:missing`. */
export function presenceHash(parameter: string): string {
  return hash64(['present', parameter].join(SEPARATOR));
}

export function codeHash(system: string | undefined, code: string): string {
  return exact('code', system ?? '', code);
}

const anySystem = (parameter: string, code: string): string =>
  hash64(['code', parameter, code].join(SEPARATOR));
const anyCode = (parameter: string, system: string): string =>
  hash64(['system', parameter, system].join(SEPARATOR));
const exact = (parameter: string, system: string, code: string): string =>
  hash64(['exact', parameter, system, code].join(SEPARATOR));
