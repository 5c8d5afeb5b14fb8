import { OprfError } from './oprf-error.js';

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const BASE64URL = /^[A-Za-z0-9_-]*={0,2}$/;

/**
 * Reads base64 and base64url, padded or not: the implementations in the field send all four.
 * @throws OprfError for any other character, which Node's decoder would skip silently
 */
export function decodeBase64(text: string): Uint8Array {
  if (!BASE64.test(text) && !BASE64URL.test(text)) throw new OprfError('encoding');
  if (text.replace(/=+$/, '').length % 4 === 1) throw new OprfError('encoding');
  return new Uint8Array(Buffer.from(text, 'base64'));
}

export function encodeBase64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}
