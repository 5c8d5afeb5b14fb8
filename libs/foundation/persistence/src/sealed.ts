import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** One ciphertext of AES-256-GCM; members base64. */
export interface Sealed {
  readonly nonce: string;
  readonly tag: string;
  readonly content: string;
}

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;

/** Encrypts for rest. `bound` is authenticated with it: what is sealed for one place cannot be moved to another. */
export function seal(plain: Uint8Array, key: Uint8Array, bound: string): Sealed {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(bound));
  const content = Buffer.concat([cipher.update(plain), cipher.final()]);
  return {
    nonce: nonce.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    content: content.toString('base64'),
  };
}

/** @throws when it was changed, or sealed with another key or for another place */
export function unseal(sealed: Sealed, key: Uint8Array, bound: string): Buffer {
  const decipher = createDecipheriv(ALGORITHM, key, Buffer.from(sealed.nonce, 'base64'))
    .setAAD(Buffer.from(bound))
    .setAuthTag(Buffer.from(sealed.tag, 'base64'));
  return Buffer.concat([decipher.update(Buffer.from(sealed.content, 'base64')), decipher.final()]);
}
