import { hash } from 'node:crypto';

/** SHA-256, hexadecimal. */
export function hashContent(content: Buffer | string): string {
  return hash('sha256', content);
}
