import { constants, createDecipheriv, createSecretKey, privateDecrypt, type KeyObject } from 'node:crypto';

const FORM = /^([\w-]+)\.([\w-]+)\.([\w-]+)\.([\w-]+)\.([\w-]+)$/;
const CONTENT_KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The key managements of RFC 7518 section 4.3, by the hash of their padding. */
const oaepHashes = { 'RSA-OAEP-256': 'sha256', 'RSA-OAEP': 'sha1' } as const;
export type KeyManagement = keyof typeof oaepHashes;

/**
 * Opens a JWE in compact form (RFC 7516 section 5.2) under AES-256-GCM. In place: handing each of its three steps to a
 * thread and back costs more than the two that are cheap.
 * @throws Error when it is not such a JWE, or not encrypted to this key under one of these key managements
 */
export function openSealedMessage(
  sealed: string,
  key: KeyObject,
  accepted: readonly KeyManagement[],
): string {
  const [, header, encryptedKey, nonce, ciphertext, tag] = FORM.exec(sealed) ?? [];
  if (
    header === undefined ||
    encryptedKey === undefined ||
    nonce === undefined ||
    ciphertext === undefined ||
    tag === undefined
  )
    throw new Error('It is no compact JWE');
  const oaepHash = oaepHashes[keyManagementOf(header, accepted)];
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const contentKey = privateDecrypt({ key, padding, oaepHash }, bytesOf(encryptedKey));
  const [nonceBytes, tagBytes] = [bytesOf(nonce), bytesOf(tag)];
  if (
    contentKey.length !== CONTENT_KEY_BYTES ||
    nonceBytes.length !== NONCE_BYTES ||
    tagBytes.length !== TAG_BYTES
  )
    throw new Error('Its key, nonce or tag is not of the length that A256GCM has');
  const decipher = createDecipheriv('aes-256-gcm', createSecretKey(contentKey), nonceBytes, {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(header)).setAuthTag(tagBytes);
  return decipher.update(bytesOf(ciphertext), undefined, 'utf8') + decipher.final('utf8');
}

/** @throws Error when the header asks for anything that is not accepted here */
function keyManagementOf(header: string, accepted: readonly KeyManagement[]): KeyManagement {
  const { alg, enc, crit, zip } = JSON.parse(bytesOf(header).toString()) as Record<string, unknown>;
  const management = accepted.find((each) => each === alg);
  if (management === undefined || enc !== 'A256GCM' || crit !== undefined || zip !== undefined)
    throw new Error('Its header asks for what is not accepted');
  return management;
}

function bytesOf(encoded: string): Buffer {
  return Buffer.from(encoded, 'base64url');
}
