import { ristretto255, ristretto255_oprf } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeElement, decodeScalar, randomScalar } from './group.js';
import { blind, deriveKey, elementOf, evaluate, finalize, unblind } from './oprf.js';

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const hex = (value: Uint8Array) => Buffer.from(value).toString('hex');

const key = '5ebcea5ee37023ccb9fc2d2019f9d7737be85591ae8652ffa9ef0f4d37063b0e';
const blindFactor = '64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706';

describe('RFC 9497 appendix A.1.1 (ristretto255-SHA512, mode OPRF)', () => {
  it('derives skSm', () => {
    expect(hex(deriveKey(bytes('a3'.repeat(32)), bytes('74657374206b6579')))).toBe(key);
  });

  it.each([
    {
      input: '00',
      blinded: '609a0ae68c15a3cf6903766461307e5c8bb2f95e7e6550e1ffa2dc99e412803c',
      evaluated: '7ec6578ae5120958eb2db1745758ff379e77cb64fe77b0b2d8cc917ea0869c7e',
      output:
        '527759c3d9366f277d8c6020418d96bb393ba2afb20ff90df23fb7708264e2f3ab9135e3bd69955851de4b1f9fe8a0973396719b7912ba9ee8aa7d0b5e24bcf6',
    },
    {
      input: '5a'.repeat(17),
      blinded: 'da27ef466870f5f15296299850aa088629945a17d1f5b7f5ff043f76b3c06418',
      evaluated: 'b4cbf5a4f1eeda5a63ce7b77c7d23f461db3fcab0dd28e4e17cecb5c90d02c25',
      output:
        'f4a74c9c592497375e796aa837e907b1a045d34306a749db9f34221f7e750cb4f2a6413a6bf6fa5e19ba6348eb673934a722a7ede2e7621306d18951e7cf2c73',
    },
  ])('reproduces the vector of input $input', (vector) => {
    const factor = decodeScalar(bytes(blindFactor));
    const { blindedElement } = blind(bytes(vector.input), factor);
    expect(hex(blindedElement)).toBe(vector.blinded);
    const evaluated = evaluate(decodeScalar(bytes(key)), blindedElement);
    expect(hex(evaluated)).toBe(vector.evaluated);
    expect(hex(finalize(bytes(vector.input), factor, evaluated))).toBe(vector.output);
  });
});

describe('an independent implementation as oracle', () => {
  it('agrees on every step for arbitrary inputs', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (input) => {
        const secret = randomScalar();
        const ours = blind(input);
        const oracle = ristretto255_oprf.oprf;
        const theirs = oracle.blindEvaluate(secret, ours.blindedElement);
        const evaluated = evaluate(secret, ours.blindedElement);
        expect(hex(evaluated)).toBe(hex(theirs));
        expect(hex(finalize(input, ours.blindFactor, evaluated))).toBe(
          hex(oracle.finalize(input, ours.blindFactor, theirs)),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('agrees on which encodings are elements', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (encoding) => {
        expect(accepts(() => decodeElement(encoding))).toBe(
          accepts(() => ristretto255.Point.fromBytes(encoding)) && encoding.some((byte) => byte !== 0),
        );
      }),
    );
  });
});

describe('blinding', () => {
  it('gives one pseudonym for one input, and never the same blinded element', () => {
    const secret = randomScalar();
    const input = Buffer.from('one person');
    const first = blind(input);
    const second = blind(input);
    expect(hex(first.blindedElement)).not.toBe(hex(second.blindedElement));
    const pseudonyms = [first, second].map((each) =>
      unblind(each.blindFactor, evaluate(secret, each.blindedElement)),
    );
    expect(new Set(pseudonyms.map(hex))).toEqual(new Set([hex(evaluate(secret, elementOf(input)))]));
  });
});

function accepts(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}
