import {
  isSame,
  multiply,
  multiplyScalars,
  randomScalar,
  type GroupElement,
  type GroupScalar,
} from './group.js';
import { generateProof, publicKeyOf, verifyProof } from './evaluation-proof.js';

/*
 * A sender who could verify a plain evaluation would know the recipient's pseudonym; a recipient who could would know
 * the hashed input, and could search all persons for it. So the service masks key and evaluations with one random
 * factor: the sender verifies the masked ones, the recipient learns the factor and confirms that they are those of the
 * published key. Neither learns more than without verification.
 */

/** What a sender gets beside the sealed evaluation, and hands on to the recipient. */
export interface MaskedEvaluation {
  readonly publicKey: GroupElement;
  readonly elements: readonly GroupElement[];
}

export interface VerifiableEvaluation {
  readonly elements: readonly GroupElement[];
  /** For the recipient only. */
  readonly mask: GroupScalar;
  readonly masked: MaskedEvaluation;
  /** RFC 9497 proof (mode 0x01) about the masked key. */
  readonly proof: Uint8Array;
}

/** At the service. */
export function evaluateVerifiably(key: GroupScalar, blinded: readonly GroupElement[]): VerifiableEvaluation {
  const mask = randomScalar();
  const maskedKey = multiplyScalars(mask, key);
  const elements = blinded.map((element) => multiply(key, element));
  const maskedElements = elements.map((element) => multiply(mask, element));
  return {
    elements,
    mask,
    masked: { publicKey: publicKeyOf(maskedKey), elements: maskedElements },
    proof: generateProof(maskedKey, blinded, maskedElements),
  };
}

/** At the sender: all were evaluated with one key. */
export function verifyMasked(
  masked: MaskedEvaluation,
  blinded: readonly GroupElement[],
  proof: Uint8Array,
): boolean {
  return verifyProof(masked.publicKey, blinded, masked.elements, proof);
}

/** At the recipient: what the sender verified is what was sealed, and the key is the published one. */
export function confirmMasked(
  publishedKey: GroupElement,
  mask: GroupScalar,
  elements: readonly GroupElement[],
  masked: MaskedEvaluation,
): boolean {
  return (
    isSame(multiply(mask, publishedKey), masked.publicKey) &&
    elements.length === masked.elements.length &&
    elements.every((element, index) => {
      const other = masked.elements[index];
      return other !== undefined && isSame(multiply(mask, element), other);
    })
  );
}
