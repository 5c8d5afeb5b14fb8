import { hash } from 'node:crypto';

/** A UUID (version 8, RFC 9562) that is the same for the same text. */
export function stableUuid(text: string): string {
  const hex = hash('sha256', text, 'hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
