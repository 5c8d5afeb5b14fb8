import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExact, stringifyExact, stringifyWithout } from './exact-json.js';

describe('decimals', () => {
  it.each([
    '{"value":5.40}',
    '{"list":[1.0,2.50]}',
    '{"value":1e-7}',
    '{"value":0.0000001}',
    '{"value":-0}',
    '{"value":-0.0}',
    '{"value":12345678901234567890}',
    '{"value":0,"flag":false}',
    '{"id":"4e2","value":3.10}',
  ])('survive as written: %s', (text) => {
    expect(stringifyExact(parseExact(text))).toBe(text);
  });

  it('survive whatever their digits, and whatever is beside them', () => {
    const digits = fc.stringMatching(/^-?(0|[1-9]\d{0,24})(\.\d{1,24})?([eE][+-]?\d{1,2})?$/);
    fc.assert(
      fc.property(fc.array(digits, { minLength: 1 }), fc.string(), (numbers, text) => {
        const [first] = numbers;
        const written = `{"text":${JSON.stringify(text)},"list":[${numbers.join(',')}],"value":${first}}`;
        expect(stringifyExact(parseExact(written))).toBe(written);
      }),
    );
  });

  it('survive when the object around them is rearranged', () => {
    const parsed = parseExact('{"id":"x","valueQuantity":{"value":5.40}}') as Record<string, unknown>;
    expect(stringifyExact({ ...parsed, meta: {} })).toBe(
      '{"id":"x","valueQuantity":{"value":5.40},"meta":{}}',
    );
  });
});

it.each([
  [
    '{"id":"x","meta":{"a":[1]},"value":5.40,"contained":[{"meta":{}}]}',
    '{"id":"x","value":5.40,"contained":[{"meta":{}}]}',
  ],
  ['{"meta":{},"value":5.4}', '{"value":5.4}'],
  ['{"value":5}', '{"value":5}'],
])('%s without its meta', (text, expected) => {
  expect(stringifyWithout(parseExact(text) as Record<string, unknown>, 'meta')).toBe(expected);
});
