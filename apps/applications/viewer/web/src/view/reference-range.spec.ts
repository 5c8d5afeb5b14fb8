import type { Fact } from '@samenhang/client';
import { describe, expect, it } from 'vitest';
import { findReferenceRange } from './reference-range.js';

const result = (referenceRange: object[], unit = 'mmol/L'): Fact =>
  ({ resource: { valueQuantity: { value: 1, code: unit }, referenceRange } }) as unknown as Fact;

describe('the reference range of a result', () => {
  it('is what its source gave, with one limit or two', () => {
    const [low, high] = [
      { value: 4, code: 'mmol/L' },
      { value: 8, code: 'mmol/L' },
    ];
    expect(findReferenceRange(result([{ low, high }]))).toEqual({ low: 4, high: 8 });
    expect(findReferenceRange(result([{ high }]))).toEqual({ high: 8 });
    expect(findReferenceRange(result([]))).toBeUndefined();
  });

  it('is none in another unit than the result, and none without a number', () => {
    expect(findReferenceRange(result([{ low: { value: 4, code: 'mg/dL' } }]))).toBeUndefined();
    expect(findReferenceRange(result([{ text: 'below 8', low: { code: 'mmol/L' } }]))).toBeUndefined();
  });
});
