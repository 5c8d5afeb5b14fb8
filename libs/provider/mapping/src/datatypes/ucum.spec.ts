import { describe, expect, it } from 'vitest';
import { currentTables } from '../tables/code-tables.js';
import units from '../tables/units.json' with { type: 'json' };

const isUcum = (code: string): boolean => currentTables.isUcum(code);

describe('a UCUM code', () => {
  it.each([...new Set([...units.exact, ...Object.values(units.folded)])])(
    '%s of the unit table is one',
    (code) => {
      expect(isUcum(code)).toBe(true);
    },
  );

  it.each([
    'mg/(24.h)',
    '10*3/uL',
    'mL/min/{1.73_m2}',
    '{score}',
    'm[Hg]',
    'g.m/({hb}.m2)',
    'dyn.s/cm5',
    'nmol/{Cre}',
    'U{37Cel}/L',
    '/[HPF]',
    '1',
  ])('%s is one', (code) => {
    expect(isUcum(code)).toBe(true);
  });

  it.each(['', 'mmHg', 'foo', 'foo bar', 'mg/dL/x', 'mg//dL', '10^9/l x', '{open', 'tablet', '°C'])(
    '%j is none',
    (code) => {
      expect(isUcum(code)).toBe(false);
    },
  );
});
