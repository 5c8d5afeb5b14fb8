import { describe, expect, it } from 'vitest';
import { parseExact, stringifyBundle, stringifyExact } from './exact-json.js';

describe('decimals', () => {
  it.each([
    '{"value":5.40}',
    '{"list":[1.0,2.50]}',
    '{"value":1e-7}',
    '{"value":12345678901234567890}',
    '{"value":0,"flag":false}',
  ])('survive as written: %s', (text) => {
    expect(stringifyExact(parseExact(text))).toBe(text);
  });

  it('survive when the object around them is rearranged', () => {
    const parsed = parseExact('{"id":"x","valueQuantity":{"value":5.40}}') as Record<string, unknown>;
    expect(stringifyExact({ ...parsed, meta: {} })).toBe(
      '{"id":"x","valueQuantity":{"value":5.40},"meta":{}}',
    );
  });
});

it('a Bundle keeps them in the entries that have them', () => {
  const text = '{"resourceType":"Bundle","total":2,"entry":[{"a":1},{"b":[{"value":5.40}]}]}';
  expect(stringifyBundle(parseExact(text) as { entry: unknown[] })).toBe(text);
});
