import { createHash } from 'node:crypto';
import {
  add,
  decodeScalar,
  hashToScalar,
  isSame,
  multiply,
  multiplyGenerator,
  randomScalar,
  subtractProduct,
  type GroupElement,
  type GroupScalar,
} from './group.js';
import { contextOf, lengthPrefixed } from './oprf.js';

const CONTEXT = contextOf('voprf');
const SCALAR_BYTES = 32;

/** pkS of RFC 9497: what is published of a key. */
export function publicKeyOf(key: GroupScalar): GroupElement {
  return multiplyGenerator(key);
}

/**
 * GenerateProof of RFC 9497 section 2.2.1: all elements were evaluated with the key behind the public key (a discrete
 * logarithm equality, made non-interactive). The random scalar is given in test vectors only.
 * @returns challenge and response, 64 bytes
 */
export function generateProof(
  key: GroupScalar,
  blinded: readonly GroupElement[],
  evaluated: readonly GroupElement[],
  random: GroupScalar = randomScalar(),
): Uint8Array {
  const publicKey = publicKeyOf(key);
  const { blindedSum, evaluatedSum } = composites(publicKey, blinded, evaluated);
  const challenge = challengeOf(publicKey, [
    blindedSum,
    evaluatedSum,
    multiplyGenerator(random),
    multiply(random, blindedSum as GroupElement),
  ]);
  return Buffer.concat([challenge, subtractProduct(random, challenge, key)]);
}

/** VerifyProof of RFC 9497 section 2.2.2. */
export function verifyProof(
  publicKey: GroupElement,
  blinded: readonly GroupElement[],
  evaluated: readonly GroupElement[],
  proof: Uint8Array,
): boolean {
  if (proof.length !== 2 * SCALAR_BYTES || blinded.length !== evaluated.length || blinded.length === 0)
    return false;
  try {
    const challenge = decodeScalar(proof.subarray(0, SCALAR_BYTES));
    const response = decodeScalar(proof.subarray(SCALAR_BYTES));
    const { blindedSum, evaluatedSum } = composites(publicKey, blinded, evaluated);
    const expected = challengeOf(publicKey, [
      blindedSum,
      evaluatedSum,
      add(multiplyGenerator(response), multiply(challenge, publicKey)),
      add(multiply(response, blindedSum as GroupElement), multiply(challenge, evaluatedSum as GroupElement)),
    ]);
    return isSame(expected, challenge);
  } catch {
    // A scalar out of range, or a product that is the identity: no honest proof has either.
    return false;
  }
}

/** ComputeComposites of RFC 9497 section 2.2.1: one pair of elements stands for all. */
function composites(
  publicKey: GroupElement,
  blinded: readonly GroupElement[],
  evaluated: readonly GroupElement[],
): { blindedSum: Uint8Array; evaluatedSum: Uint8Array } {
  const seed = createHash('sha512')
    .update(lengthPrefixed(publicKey))
    .update(lengthPrefixed(Buffer.from(`Seed-${CONTEXT}`, 'latin1')))
    .digest();
  let sums: { blindedSum: Uint8Array; evaluatedSum: Uint8Array } | undefined;
  for (const [index, one] of blinded.entries()) {
    const other = evaluated[index];
    if (other === undefined) throw new RangeError('Each blinded element has one evaluated element');
    const weight = hashToScalar(
      Buffer.concat([
        lengthPrefixed(seed),
        Buffer.of(index >> 8, index & 0xff),
        lengthPrefixed(one),
        lengthPrefixed(other),
        Buffer.from('Composite'),
      ]),
      `HashToScalar-${CONTEXT}`,
    ) as GroupScalar;
    const blindedPart = multiply(weight, one);
    const evaluatedPart = multiply(weight, other);
    sums =
      sums === undefined
        ? { blindedSum: blindedPart, evaluatedSum: evaluatedPart }
        : {
            blindedSum: add(sums.blindedSum, blindedPart),
            evaluatedSum: add(sums.evaluatedSum, evaluatedPart),
          };
  }
  if (sums === undefined) throw new RangeError('A proof is about at least one element');
  return sums;
}

function challengeOf(publicKey: GroupElement, parts: readonly Uint8Array[]): Uint8Array {
  const transcript = Buffer.concat([
    lengthPrefixed(publicKey),
    ...parts.map(lengthPrefixed),
    Buffer.from('Challenge'),
  ]);
  return hashToScalar(transcript, `HashToScalar-${CONTEXT}`);
}
