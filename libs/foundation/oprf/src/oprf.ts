import { createHash } from 'node:crypto';
import { decodeElement, hashToElement, hashToScalar, invertScalar, multiply, randomScalar } from './group.js';
import type { GroupElement, GroupScalar } from './group.js';

/** Base mode (0x00), or verifiable mode (0x01) of RFC 9497. Inputs hash to other elements in each. */
export type OprfMode = 'oprf' | 'voprf';

/** RFC 9497 section 3.1, suite ristretto255-SHA512: "OPRFV1-" || mode || "-" || suite. */
export function contextOf(mode: OprfMode): string {
  return `OPRFV1-${mode === 'oprf' ? '\u0000' : '\u0001'}-ristretto255-SHA512`;
}

export interface BlindedInput {
  readonly blindFactor: GroupScalar;
  readonly blindedElement: GroupElement;
}

/** Blind: what leaves the sender says nothing about the input. The factor is fresh for each call, but in test vectors. */
export function blind(
  input: Uint8Array,
  blindFactor: GroupScalar = randomScalar(),
  mode: OprfMode = 'oprf',
): BlindedInput {
  return {
    blindFactor,
    blindedElement: multiply(blindFactor, hashToElement(input, `HashToGroup-${contextOf(mode)}`)),
  };
}

/** BlindEvaluate: the service multiplies by its key, and learns nothing. */
export function evaluate(key: GroupScalar, blindedElement: GroupElement): GroupElement {
  return multiply(key, blindedElement);
}

/**
 * Takes the blind off: key · H2G(input). This element is the pseudonym; the recipient, who does not know the input,
 * cannot go on to Finalize.
 */
export function unblind(blindFactor: GroupScalar, evaluatedElement: GroupElement): GroupElement {
  return multiply(invertScalar(blindFactor), evaluatedElement);
}

/** Finalize of RFC 9497 section 3.3.1: 64 bytes. */
export function finalize(
  input: Uint8Array,
  blindFactor: GroupScalar,
  evaluatedElement: GroupElement,
): Uint8Array {
  const unblinded = unblind(blindFactor, evaluatedElement);
  return createHash('sha512')
    .update(lengthPrefixed(input))
    .update(lengthPrefixed(unblinded))
    .update('Finalize')
    .digest();
}

/** DeriveKeyPair of RFC 9497 section 3.2.1 (the secret half). */
export function deriveKey(seed: Uint8Array, info: Uint8Array, mode: OprfMode = 'oprf'): GroupScalar {
  const input = Buffer.concat([seed, lengthPrefixed(info)]);
  for (let counter = 0; counter <= 255; counter++) {
    const scalar = hashToScalar(
      Buffer.concat([input, Buffer.of(counter)]),
      `DeriveKeyPair${contextOf(mode)}`,
    );
    if (scalar.some((byte) => byte !== 0)) return scalar as GroupScalar;
  }
  throw new RangeError('No key can be derived from this seed');
}

export function generateKey(): GroupScalar {
  return randomScalar();
}

/** The group element an input stands for before any key is applied: for conformance vectors. */
export function elementOf(input: Uint8Array): GroupElement {
  return decodeElement(hashToElement(input, `HashToGroup-${contextOf('oprf')}`));
}

/** I2OSP(len(x), 2) || x. */
export function lengthPrefixed(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes]);
}
