import { Failure } from '@samenhang/errors';

/** Where a page ended, opaque to clients. Holds sort keys only, nothing that selects: a forged one reveals nothing. */
export type CursorParts = readonly (string | number | null)[];

export function encodeCursor(parts: CursorParts): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** @throws Failure('malformed') when it is none of ours */
export function decodeCursor(text: string, length: number): CursorParts {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    const isPart = (part: unknown): boolean =>
      part === null || (typeof part === 'string' && !part.includes('\u0000')) || Number.isFinite(part);
    if (Array.isArray(parts) && parts.length === length && parts.every(isPart)) return parts as CursorParts;
  } catch {
    // Falls through: whatever is wrong with it, the answer is the same.
  }
  throw new Failure('malformed', 'The cursor cannot be read');
}
