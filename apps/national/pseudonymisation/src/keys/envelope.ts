import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** One ciphertext of AES-256-GCM; members base64. */
export interface Sealed {
  readonly nonce: string;
  readonly tag: string;
  readonly content: string;
}

/** A key at rest: encrypted by a data key of its own, which the key-encryption key wraps. */
export interface Envelope {
  readonly format: 'samenhang-oprf-key/1';
  readonly label: string;
  readonly dataKey: Sealed;
  readonly key: Sealed;
}

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const DATA_KEY_BYTES = 32;

export function closeEnvelope(label: string, key: Uint8Array, keyEncryptionKey: Uint8Array): Envelope {
  const dataKey = randomBytes(DATA_KEY_BYTES);
  const envelope: Envelope = {
    format: 'samenhang-oprf-key/1',
    label,
    dataKey: seal(dataKey, keyEncryptionKey, `data-key|${label}`),
    key: seal(key, dataKey, `oprf-key|${label}`),
  };
  dataKey.fill(0);
  return envelope;
}

/** @throws when the envelope was changed, is of another label, or of another key-encryption key */
export function openEnvelope(envelope: Envelope, label: string, keyEncryptionKey: Uint8Array): Buffer {
  const dataKey = open(envelope.dataKey, keyEncryptionKey, `data-key|${label}`);
  const key = open(envelope.key, dataKey, `oprf-key|${label}`);
  dataKey.fill(0);
  return key;
}

function seal(plain: Uint8Array, key: Uint8Array, bound: string): Sealed {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(bound));
  const content = Buffer.concat([cipher.update(plain), cipher.final()]);
  return {
    nonce: nonce.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    content: content.toString('base64'),
  };
}

function open(sealed: Sealed, key: Uint8Array, bound: string): Buffer {
  const decipher = createDecipheriv(ALGORITHM, key, Buffer.from(sealed.nonce, 'base64'))
    .setAAD(Buffer.from(bound))
    .setAuthTag(Buffer.from(sealed.tag, 'base64'));
  return Buffer.concat([decipher.update(Buffer.from(sealed.content, 'base64')), decipher.final()]);
}
