import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalValue, exactDecimal, isExactDecimal, parseExactJson } from './exact-json.js';
import { validateResource } from './validate-resource.js';

const numbers = fc.oneof(
  fc.stringMatching(/^-?(0|[1-9][0-9]{0,19})$/),
  fc.stringMatching(/^-?(0|[1-9][0-9]{0,9})\.[0-9]{1,18}$/),
  fc.stringMatching(/^-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,4})?[eE][+-]?[0-9]$/),
);

describe('JSON with decimals as written', () => {
  it('gives every number back as it came', () => {
    fc.assert(
      fc.property(fc.array(numbers, { minLength: 1 }), fc.string(), (written, text) => {
        const source = `{"text":${JSON.stringify(text)},"list":[${written.join(',')}],"last":${written.at(-1) ?? '0'}}`;
        expect(JSON.stringify(parseExactJson(source))).toBe(source);
      }),
    );
  });

  it('keeps a number a number where that says all', () => {
    expect(parseExactJson('[5.6,17,1.50]')).toMatchObject([5.6, 17, { rawJSON: '1.50' }]);
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
