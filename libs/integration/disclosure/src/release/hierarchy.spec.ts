import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ageHierarchy,
  dateHierarchy,
  parentHierarchy,
  postcodeHierarchy,
  prefixHierarchy,
  type Hierarchy,
} from './hierarchy.js';
import { shiftDate } from './shift-date.js';

const all = (hierarchy: Hierarchy, value: string) =>
  Array.from({ length: hierarchy.levels }, (_, level) => hierarchy.generalise(value, level));
const icd10 = prefixHierarchy(/^[A-Z]\d{2}(\.\d{1,2})?$/, [3, 1]);

describe('A hierarchy', () => {
  it('makes ages, postcodes, dates and codes coarser step by step', () => {
    expect(all(ageHierarchy(), '47')).toEqual(['47', '45-49', '40-49', '40-59', '*']);
    expect(all(ageHierarchy(), '93')).toEqual(['90+', '90+', '90+', '90+', '*']);
    expect(all(ageHierarchy(), '85')[3]).toBe('80-89');
    expect(all(postcodeHierarchy(), '3511 AB')).toEqual(['3511', '35', '3', '*']);
    expect(all(dateHierarchy(), '1984-05-06T07:08:09Z')).toEqual([
      '1984-05-06',
      '1984-05',
      '1984',
      '1980s',
      '*',
    ]);
    expect(all(icd10, 'E11.9')).toEqual(['E11.9', 'E11', 'E', '*']);
    const diseases = parentHierarchy(
      new Map([
        ['flu', 'infection'],
        ['infection', 'disease'],
      ]),
      4,
    );
    expect(all(diseases, 'flu')).toEqual(['flu', 'infection', 'disease', '*']);
  });

  it('says nothing about what it cannot read', () => {
    const text = fc.string().filter((value) => !/\d/.test(value));
    fc.assert(
      fc.property(text, (value) => {
        for (const hierarchy of [ageHierarchy(), postcodeHierarchy(), dateHierarchy(), icd10])
          expect(new Set(all(hierarchy, value))).toEqual(new Set(['*']));
      }),
    );
  });

  it('never tells apart at a coarser level what it does not tell apart at a finer one', () => {
    const age = fc.integer({ min: 0, max: 120 }).map(String);
    fc.assert(
      fc.property(age, age, fc.integer({ min: 0, max: 3 }), (one, other, level) => {
        const ages = ageHierarchy();
        if (ages.generalise(one, level) === ages.generalise(other, level))
          expect(ages.generalise(one, level + 1)).toBe(ages.generalise(other, level + 1));
      }),
    );
  });
});

describe('Shifted dates', () => {
  const key = new Uint8Array(32).fill(1);
  const dates = fc
    .date({ min: new Date('1930-01-01'), max: new Date('2026-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));
  const days = (from = '', to = '') => (Date.parse(to) - Date.parse(from)) / 86_400_000;

  it('keep the intervals of a person, and move every date by at most half a year', () => {
    fc.assert(
      fc.property(fc.string(), dates, dates, (person, one, other) => {
        const [first, second] = [shiftDate(key, person, one), shiftDate(key, person, other)];
        expect(days(first, second)).toBe(days(one, other));
        expect(Math.abs(days(one, first))).toBeLessThanOrEqual(182);
        expect(first).not.toBe(one);
      }),
    );
  });

  it('differ per project, and are not made of half a date', () => {
    const people = Array.from({ length: 100 }, (_, index) => `p${index}`);
    const other = new Uint8Array(32).fill(2);
    const same = people.filter(
      (person) => shiftDate(key, person, '2020-02-02') === shiftDate(other, person, '2020-02-02'),
    );
    expect(same.length).toBeLessThan(5);
    expect(shiftDate(key, 'p', '2020-02')).toBeUndefined();
    expect(shiftDate(key, 'p', 'yesterday')).toBeUndefined();
  });
});
