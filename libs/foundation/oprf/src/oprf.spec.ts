import { ristretto255, ristretto255_oprf } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import published from '../vectors/rfc9497-ristretto255-sha512-oprf.json' with { type: 'json' };
import { decodeElement, decodeScalar, randomScalar } from './group.js';
import { blind, deriveKey, elementOf, evaluate, finalize, unblind } from './oprf.js';

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const hex = (value: Uint8Array) => Buffer.from(value).toString('hex');

describe('RFC 9497 appendix A.1.1 (ristretto255-SHA512, mode OPRF)', () => {
  it('derives skSm', () => {
    expect(hex(deriveKey(bytes(published.seed), bytes(published.keyInfo)))).toBe(published.key);
  });

  it.each(published.vectors)('reproduces the vector of input $input', (vector) => {
    const factor = decodeScalar(bytes(vector.blindFactor));
    const { blindedElement } = blind(bytes(vector.input), factor);
    expect(hex(blindedElement)).toBe(vector.blindedElement);
    const evaluated = evaluate(decodeScalar(bytes(published.key)), blindedElement);
    expect(hex(evaluated)).toBe(vector.evaluatedElement);
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
