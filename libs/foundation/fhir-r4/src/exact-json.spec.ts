import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalValue, exactDecimal, isExactDecimal, parseExactJson } from './exact-json.js';
import { validateResource } from './validate-resource.js';

const numbers = fc.oneof(
  fc.stringMatching(/^-?(0|[1-9][0-9]{0,19})$/),
  fc.stringMatching(/^-?(0|[1-9][0-9]{0,9})\.[0-9]{1,18}$/),
  fc.stringMatching(/^-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,4})?[eE][+-]?[0-9]$/),
);

/** Texts that look like the JSON around a number. */
const texts = fc.oneof(
  fc.string(),
  fc
    .array(fc.constantFrom('"', ':', ' ', '1.50', ',', '\\', 'value', '{', '=number=', '\n'), {
      maxLength: 8,
    })
    .map((parts) => parts.join('')),
);

describe('JSON with decimals as written', () => {
  it('gives every number back as it came', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(numbers, texts), { minLength: 1 }), (written) => {
        const objects = written.map(
          ([number, text]) =>
            `{"value":${number},"t${text.length}":${JSON.stringify(text)},"low":{"value":${number}}}`,
        );
        const source = `[${objects.join(',')}]`;
        expect(JSON.stringify(parseExactJson(source))).toBe(source);
      }),
    );
  });

  it('keeps a number a number where that says all', () => {
    expect(parseExactJson('{"a":5.6,"b":17,"c" : 1.50}')).toMatchObject({
      a: 5.6,
      b: 17,
      c: { rawJSON: '1.50' },
    });
    expect(() => parseExactJson('{"a":1.50,"b":01.0}')).toThrow(SyntaxError);
    expect(isExactDecimal(exactDecimal('5.6'))).toBe(false);
    expect(decimalValue(exactDecimal('1.50'))).toBe(1.5);
    expect(() => exactDecimal('1,5')).toThrow(RangeError);
  });

  it('holds decimals that are exact for valid, and none in place of an integer or an object', () => {
    const observation = (value: string): unknown =>
      parseExactJson(`{"resourceType":"Observation","status":"final","code":{"text":"x"},${value}}`);
    expect(validateResource(observation('"valueQuantity":{"value":1.10}'))).toEqual([]);
    expect(validateResource(observation('"valueInteger":1.0'))).not.toEqual([]);
    expect(validateResource(observation('"valueQuantity":1.0'))).not.toEqual([]);
  });
});
