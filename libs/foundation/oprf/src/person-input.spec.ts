import canonicalize from 'canonicalize';
import { describe, expect, it } from 'vitest';
import published from '../vectors/pseudonyms.json' with { type: 'json' };
import { decodeScalar } from './group.js';
import { blind, elementOf, evaluate, finalize, unblind } from './oprf.js';
import { derivePersonInput } from './person-input.js';

const hex = (value: Uint8Array) => Buffer.from(value).toString('hex');
const key = decodeScalar(Buffer.from(published.key, 'hex'));

describe('published pseudonym vectors', () => {
  it.each(published.vectors)('$name', (vector) => {
    expect(canonicalize(vector.person)).toBe(vector.canonicalJson);
    const input = derivePersonInput(vector.person, vector.recipient);
    expect(hex(input)).toBe(vector.input);
    expect(hex(elementOf(input))).toBe(vector.element);
    const { blindFactor, blindedElement } = blind(input);
    const evaluated = evaluate(key, blindedElement);
    expect(hex(unblind(blindFactor, evaluated))).toBe(vector.pseudonym);
    if (vector.finalized !== undefined)
      expect(hex(finalize(input, blindFactor, evaluated))).toBe(vector.finalized);
  });

  it('do not depend on the order in which the caller wrote the members', () => {
    const recipient = { organisation: 'oin:00000099000000001000', scope: 'nvi' };
    const reordered = { value: '999990007', type: 'BSN', landCode: 'NL' };
    expect(hex(derivePersonInput(reordered, recipient))).toBe(published.vectors[0]?.input);
  });
});
