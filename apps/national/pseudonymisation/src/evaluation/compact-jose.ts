import {
  constants,
  createCipheriv,
  createSecretKey,
  publicEncrypt,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto';

/*
 * The two serialisations that an answer needs, written out over node:crypto: the asynchronous WebCrypto route of a general
 * library costs three to five times as much CPU for the same bytes (measured: docs/performance.md), and is what a request spent
 * most of its time on. Tests read every answer with that library.
 */

const CONTENT_KEY_BYTES = 32;
const NONCE_BYTES = 12;
const P256_BYTES = 32;

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** JWS compact serialisation (RFC 7515 section 7.1), ES256 (RFC 7518 section 3.4). */
export function signCompact(header: object, claims: object, key: KeyObject): string {
  const input = `${encode({ ...header, alg: 'ES256' })}.${encode(claims)}`;
  // The key alone, without options: with them Node takes twice as long to see that it is one.
  const signature = toConcatenated(sign('sha256', Buffer.from(input), key));
  return `${input}.${signature.toString('base64url')}`;
}

/** From the DER of an ECDSA signature over P-256 (RFC 3279 section 2.2.3) to R || S of 32 bytes each (RFC 7518 section 3.4). */
export function toConcatenated(der: Buffer): Buffer {
  const concatenated = Buffer.alloc(2 * P256_BYTES);
  let at = 2;
  for (const end of [P256_BYTES, 2 * P256_BYTES]) {
    const length = der[at + 1] ?? 0;
    const number = der.subarray(at + 2, at + 2 + length);
    // A leading zero is there when the first bit of the number is set, and zeros are missing when it is small.
    const significant = number.subarray(Math.max(0, length - P256_BYTES));
    significant.copy(concatenated, end - significant.length);
    at += 2 + length;
  }
  return concatenated;
}

/** JWE compact serialisation (RFC 7516 section 7.1), RSA-OAEP-256 and A256GCM, a content key of its own each time. */
export function encryptCompact(header: object, content: string, key: KeyObject): string {
  const protectedHeader = encode({ alg: 'RSA-OAEP-256', enc: 'A256GCM', ...header });
  const contentKey = randomBytes(CONTENT_KEY_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(contentKey), nonce).setAAD(
    Buffer.from(protectedHeader, 'ascii'),
  );
  const ciphertext = Buffer.concat([cipher.update(content, 'utf8'), cipher.final()]);
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const encryptedKey = publicEncrypt({ key, padding, oaepHash: 'sha256' }, contentKey);
  contentKey.fill(0);
  const parts = [encryptedKey, nonce, ciphertext, cipher.getAuthTag()];
  return [protectedHeader, ...parts.map((part) => part.toString('base64url'))].join('.');
}
