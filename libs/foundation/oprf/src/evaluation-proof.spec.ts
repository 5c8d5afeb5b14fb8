import { ristretto255_oprf } from '@noble/curves/ed25519.js';
import { describe, expect, it } from 'vitest';
import published from '../vectors/rfc9497-ristretto255-sha512-voprf.json' with { type: 'json' };
import { generateProof, publicKeyOf, verifyProof } from './evaluation-proof.js';
import { decodeElement, decodeScalar, randomScalar } from './group.js';
import { confirmMasked, evaluateVerifiably, verifyMasked } from './masked-evaluation.js';
import { blind, deriveKey, elementOf, evaluate, finalize, generateKey } from './oprf.js';

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const hex = (value: Uint8Array) => Buffer.from(value).toString('hex');
const key = decodeScalar(bytes(published.key));

describe('RFC 9497 appendix A.1.2 (ristretto255-SHA512, mode VOPRF)', () => {
  it('derives skSm and pkSm', () => {
    expect(hex(deriveKey(bytes(published.seed), bytes(published.keyInfo), 'voprf'))).toBe(published.key);
    expect(hex(publicKeyOf(key))).toBe(published.publicKey);
  });

  it.each(published.vectors)(
    'reproduces vector $# with its proof',
    ({ evaluations, proof, proofRandomScalar }) => {
      const blinded = evaluations.map(({ input, blindFactor, blindedElement }) => {
        const element = blind(bytes(input), decodeScalar(bytes(blindFactor)), 'voprf').blindedElement;
        expect(hex(element)).toBe(blindedElement);
        return element;
      });
      const evaluated = blinded.map((element) => evaluate(key, element));
      expect(evaluated.map(hex)).toEqual(evaluations.map(({ evaluatedElement }) => evaluatedElement));
      expect(hex(generateProof(key, blinded, evaluated, decodeScalar(bytes(proofRandomScalar))))).toBe(proof);
      expect(verifyProof(publicKeyOf(key), blinded, evaluated, bytes(proof))).toBe(true);
      for (const [index, { input, blindFactor, output }] of evaluations.entries()) {
        const element = evaluated[index] ?? decodeElement(bytes(published.publicKey));
        expect(hex(finalize(bytes(input), decodeScalar(bytes(blindFactor)), element))).toBe(output);
      }
    },
  );
});

describe('a proof', () => {
  const points = ['one', 'two', 'three'].map((text) => blind(Buffer.from(text)).blindedElement);
  const evaluated = points.map((point) => evaluate(key, point));
  const proof = generateProof(key, points, evaluated);
  const publicKey = publicKeyOf(key);

  it('is accepted by an independent implementation, and its proof by ours', () => {
    const oracle = ristretto255_oprf.voprf;
    const inputs = [Buffer.from('one'), Buffer.from('two')];
    const blinded = inputs.map((input) => oracle.blind(input));
    const theirs = oracle.blindEvaluateBatch(
      key,
      publicKey,
      blinded.map((each) => each.blinded),
    );
    const elements = blinded.map((each) => decodeElement(each.blinded));
    const results = theirs.evaluated.map((each) => decodeElement(each));
    expect(verifyProof(publicKey, elements, results, theirs.proof)).toBe(true);
    const items = inputs.map((input, index) => ({
      input,
      blind: blinded[index]?.blind ?? input,
      blinded: elements[index] ?? publicKey,
      evaluated: results[index] ?? publicKey,
    }));
    expect(() => oracle.finalizeBatch(items, publicKey, generateProof(key, elements, results))).not.toThrow();
  });

  it('holds for no other key, element, order or proof', () => {
    expect(verifyProof(publicKey, points, evaluated, proof)).toBe(true);
    expect(verifyProof(publicKeyOf(generateKey()), points, evaluated, proof)).toBe(false);
    expect(verifyProof(publicKey, [...points].reverse(), evaluated, proof)).toBe(false);
    expect(verifyProof(publicKey, points.slice(1), evaluated.slice(1), proof)).toBe(false);
    expect(verifyProof(publicKey, points, points, proof)).toBe(false);
    expect(verifyProof(publicKey, [], [], proof)).toBe(false);
    for (const position of [0, 31, 32, 63]) {
      const changed = Uint8Array.from(proof);
      changed[position] = (changed[position] ?? 0) ^ 1;
      expect(verifyProof(publicKey, points, evaluated, changed)).toBe(false);
    }
    expect(verifyProof(publicKey, points, evaluated, new Uint8Array(64))).toBe(false);
  });
});

describe('a masked evaluation', () => {
  const points = ['one', 'two'].map((text) => blind(Buffer.from(text)).blindedElement);

  it('convinces sender and recipient together, and shows the sender no evaluation', () => {
    const { elements, mask, masked, proof } = evaluateVerifiably(key, points);
    expect(elements.map(hex)).toEqual(points.map((point) => hex(evaluate(key, point))));
    expect(verifyMasked(masked, points, proof)).toBe(true);
    expect(confirmMasked(publicKeyOf(key), mask, elements, masked)).toBe(true);
    expect(masked.elements.map(hex)).not.toEqual(elements.map(hex));
    const again = evaluateVerifiably(key, points);
    expect(again.masked.elements.map(hex)).not.toEqual(masked.elements.map(hex));
  });

  it('tells when the service used another key for this person', () => {
    const other = evaluateVerifiably(generateKey(), points);
    expect(verifyMasked(other.masked, points, other.proof)).toBe(true);
    expect(confirmMasked(publicKeyOf(key), other.mask, other.elements, other.masked)).toBe(false);
    const honest = evaluateVerifiably(key, points);
    expect(confirmMasked(publicKeyOf(key), honest.mask, other.elements, honest.masked)).toBe(false);
    expect(confirmMasked(publicKeyOf(key), randomScalar(), honest.elements, honest.masked)).toBe(false);
    expect(verifyMasked(honest.masked, [elementOf(Buffer.from('x')), ...points.slice(1)], honest.proof)).toBe(
      false,
    );
  });
});
