import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparableUnits, type UnitRatio } from './unit-conversion.js';

function ratio(from: string, to: string): UnitRatio | undefined {
  return comparableUnits(to)?.find(({ code }) => code === from);
}
function convert(value: number, from: string, to: string): number | undefined {
  const found = ratio(from, to);
  return found === undefined ? undefined : (value * Number(found.multiply)) / Number(found.divide);
}

describe('a value in another unit', () => {
  it.each<[number, string, string, number]>([
    [5400, 'umol/L', 'mmol/L', 5.4],
    [5.4, 'mmol/L', 'umol/L', 5400],
    [1, 'g/dL', 'g/L', 10],
    [7.2, '10*3/uL', '10*9/L', 7.2],
    [7.2, '10^9/L', '10*9/L', 7.2],
    [1, 'kPa', 'mm[Hg]', 7.5006376],
    [72, '/min', '/s', 1.2],
    [1.8, 'm', 'cm', 180],
    [1, '[lb_av]', 'kg', 0.45359237],
    [60, 'U/L', 'ukat/L', 1],
    [2, 'g/d', 'mg/(24.h)', 2000],
    [1, 'mmol/(24.h)', 'umol/d', 1000],
    [1, 'k[IU]/L', '[IU]/mL', 1],
    [1, 'kcal', 'kJ', 4.184],
    [1, 'wk', 'd', 7],
  ])('%d %s is in %s %d', (value, from, to, expected) => {
    expect(convert(value, from, to)).toBeCloseTo(expected, 6);
  });

  it.each([
    ['mmol/L', 'mg/L'],
    ['U/L', '[IU]/L'],
    ['mmol/L', 'meq/L'],
    ['mosm/kg', 'mmol/kg'],
    ['kg', 'L'],
  ])('is not known of %s and %s', (from, to) => {
    expect(ratio(from, to)).toBeUndefined();
  });

  it.each(['%', 'mmol/mol', '1', 'Cel', '{score}', 'furlong', '', '/', '(', 'constructor'])(
    'is not known of %s at all',
    (code) => {
      expect(comparableUnits(code)).toBeUndefined();
    },
  );

  it('is back where it was after two conversions, whatever the units', () => {
    const all = ['mmol/L', 'g/L', 'mm[Hg]', '/min', 'U/L', 'kg', 'cm', 'mg/d', '[IU]/L', '10*9/L', 'kJ'];
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.nat(), (code, pick) => {
        const known = comparableUnits(code) ?? [];
        const there = known[pick % known.length];
        if (there === undefined) throw new RangeError('A unit can be compared with itself');
        const back = ratio(code, there.code);
        expect(there.multiply * (back?.multiply ?? 0n)).toBe(there.divide * (back?.divide ?? 0n));
      }),
    );
  });
});
