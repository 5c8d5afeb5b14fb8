import { createHash } from 'node:crypto';
import sodium from 'libsodium-wrappers-sumo';
import { OprfError } from './oprf-error.js';

await sodium.ready;

declare const kind: unique symbol;
/** Canonical encoding of a ristretto255 element other than the identity. */
export type GroupElement = Uint8Array & { readonly [kind]: 'GroupElement' };
/** Canonical encoding (little-endian, below the group order) of a scalar other than zero. */
export type GroupScalar = Uint8Array & { readonly [kind]: 'GroupScalar' };

const ENCODED_BYTES = 32;
const HASH_BYTES = 64;
const SHA512_BLOCK_BYTES = 128;

const isZero = (bytes: Uint8Array): boolean => sodium.is_zero(bytes);

/**
 * DeserializeElement of RFC 9497 section 4.1: the identity is refused beside every non-canonical encoding.
 * @throws OprfError
 */
export function decodeElement(bytes: Uint8Array): GroupElement {
  if (bytes.length !== ENCODED_BYTES) throw new OprfError('length');
  if (isZero(bytes)) throw new OprfError('identity');
  if (!sodium.crypto_core_ristretto255_is_valid_point(bytes)) throw new OprfError('element');
  return bytes as GroupElement;
}

/**
 * DeserializeScalar of RFC 9497 section 4.1, and zero refused: it would blind every input to the identity.
 * @throws OprfError
 */
export function decodeScalar(bytes: Uint8Array): GroupScalar {
  if (bytes.length !== ENCODED_BYTES) throw new OprfError('length');
  const wide = new Uint8Array(HASH_BYTES);
  wide.set(bytes);
  const reduced = sodium.crypto_core_ristretto255_scalar_reduce(wide);
  if (isZero(bytes) || !sodium.memcmp(reduced, bytes)) throw new OprfError('scalar');
  return bytes as GroupScalar;
}

export function randomScalar(): GroupScalar {
  return decodeScalar(sodium.crypto_core_ristretto255_scalar_random());
}

export function invertScalar(scalar: GroupScalar): GroupScalar {
  return sodium.crypto_core_ristretto255_scalar_invert(scalar) as GroupScalar;
}

export function multiply(scalar: GroupScalar, element: GroupElement): GroupElement {
  return sodium.crypto_scalarmult_ristretto255(scalar, element) as GroupElement;
}

export function multiplyGenerator(scalar: GroupScalar): GroupElement {
  return sodium.crypto_scalarmult_ristretto255_base(scalar) as GroupElement;
}

export function add(one: Uint8Array, other: Uint8Array): Uint8Array {
  return sodium.crypto_core_ristretto255_add(one, other);
}

/** minuend - factor · multiplier, modulo the order of the group. */
export function subtractProduct(minuend: Uint8Array, factor: Uint8Array, multiplier: Uint8Array): Uint8Array {
  const product = sodium.crypto_core_ristretto255_scalar_mul(factor, multiplier);
  return sodium.crypto_core_ristretto255_scalar_sub(minuend, product);
}

export function multiplyScalars(one: GroupScalar, other: GroupScalar): GroupScalar {
  return sodium.crypto_core_ristretto255_scalar_mul(one, other) as GroupScalar;
}

export function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && sodium.memcmp(one, other);
}

export function hashToElement(input: Uint8Array, domain: string): GroupElement {
  const element = sodium.crypto_core_ristretto255_from_hash(expandMessageXmd(input, domain));
  if (isZero(element)) throw new OprfError('identity');
  return element as GroupElement;
}

/** May be zero, which the caller must handle (RFC 9497 section 3.2.1). */
export function hashToScalar(input: Uint8Array, domain: string): Uint8Array {
  return sodium.crypto_core_ristretto255_scalar_reduce(expandMessageXmd(input, domain));
}

/** expand_message_xmd of RFC 9380 section 5.3.1 with SHA-512 and 64 bytes out, which is exactly one block. */
function expandMessageXmd(input: Uint8Array, domain: string): Uint8Array {
  const domainBytes = Buffer.from(domain, 'latin1');
  const domainPrime = Buffer.concat([domainBytes, Buffer.of(domainBytes.length)]);
  const first = createHash('sha512')
    .update(new Uint8Array(SHA512_BLOCK_BYTES))
    .update(input)
    .update(Buffer.of(0, HASH_BYTES, 0))
    .update(domainPrime)
    .digest();
  return createHash('sha512').update(first).update(Buffer.of(1)).update(domainPrime).digest();
}
