import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findDecimal, multiply } from './decimals.js';

describe('decimal numbers', () => {
  it('mean the same with a comma as with a point', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -999_999, max: 999_999 }),
        fc.integer({ min: 0, max: 9999 }),
        (whole, decimals) => {
          const [comma, point] = [`${whole},${decimals}`, `${whole}.${decimals}`];
          expect(JSON.stringify(findDecimal(comma))).toBe(point);
          expect(JSON.stringify(findDecimal(point))).toBe(point);
        },
      ),
    );
  });

  it.each([
    '1.234,5',
    '1,234.5',
    '1 000',
    '5,6 mmol/l',
    '<5',
    '5-6',
    '1e3',
    '0x10',
    '',
    ',',
    '.',
    '--1',
    'NaN',
    'Infinity',
    '٣',
  ])('%j is none', (text) => {
    expect(findDecimal(text)).toBeUndefined();
  });

  it('never come from anything but digits, one sign and one comma or point', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), (text) => {
        if (findDecimal(text) !== undefined) expect(text.trim()).toMatch(/^[+-]?\d*[.,]?\d+$/);
      }),
    );
  });

  it('keep their precision', () => {
    const written = ['5,60', '+1.0', '007,50', ',5', '-,50', '100'].map((text) =>
      JSON.stringify(findDecimal(text)),
    );
    expect(written).toEqual(['5.60', '1.0', '7.50', '0.5', '-0.50', '100']);
  });

  it('keep the digits they were multiplied with', () => {
    expect(multiply(1.83, 100)).toBe(183);
    expect(multiply(0.1, 3)).toBe(0.3);
  });
});
