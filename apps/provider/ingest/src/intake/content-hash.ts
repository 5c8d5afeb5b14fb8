import { createHash } from 'node:crypto';

/** SHA-256, hexadecimal. */
export function hashContent(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}
