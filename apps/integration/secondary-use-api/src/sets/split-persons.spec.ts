import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Permit } from '../permits/permit.js';
import { dataCardOf, writeDataCard, type CardRow } from './data-card.js';
import { readSetSizes } from './set-sizes.js';
import { setOf } from './split-persons.js';

const secret = Buffer.alloc(32, 3).toString('base64url');
const sizes = { development: 70, validation: 15, test: 15 };

describe('A split', () => {
  it('takes sizes that make a hundred, with something to develop and to validate with', () => {
    expect(readSetSizes(undefined)).toEqual(sizes);
    expect(readSetSizes({ development: 80, validation: 20 })).toEqual({
      development: 80,
      validation: 20,
      test: 0,
    });
    for (const wrong of [
      { development: 100, validation: 0 },
      { development: 50, validation: 20 },
      { development: 0, validation: 100 },
      { development: 120, validation: -20 },
      { development: 50.5, validation: 49.5 },
      { development: 80, validation: 20, other: 0 },
      [],
    ])
      expect(() => readSetSizes(wrong)).toThrow();
  });

  it('is about as large as asked for, and depends on the person and the project alone', () => {
    const persons = Array.from({ length: 20_000 }, (_, place) => `person ${place}`);
    const counts = { development: 0, validation: 0, test: 0 };
    for (const person of persons) counts[setOf(person, sizes, secret)] += 1;
    // More than ten standard deviations to either side.
    expect(Math.abs(counts.development - 14_000)).toBeLessThan(700);
    expect(Math.abs(counts.validation - 3_000)).toBeLessThan(550);
    const other = Buffer.alloc(32, 4).toString('base64url');
    expect(persons.some((person) => setOf(person, sizes, secret) !== setOf(person, sizes, other))).toBe(true);
    fc.assert(
      fc.property(fc.string(), (person) => setOf(person, sizes, secret) === setOf(person, sizes, secret)),
    );
  });

  it('has a card that tells no small numbers', () => {
    const row = (place: number): CardRow => ({
      person: `p${place}`,
      set: place < 24 ? 'development' : 'validation',
      custodian: place < 29 ? '22222222' : '44444444',
      values: { gender: 'female', code: place < 3 ? null : 'x', year: place % 2 === 0 ? '1960' : null },
    });
    const rows = Array.from({ length: 30 }, (_, place) => row(place));
    const permit = {
      title: 'T2DM',
      purpose: 'scientific-research',
      period: { from: '2025-01-01', until: '2026-01-01' },
      dates: 'shifted',
    } as Permit;
    const holders = [
      { custodian: '22222222', status: 'ok', rows: 29 },
      { custodian: '44444444', status: 'truncated', rows: 1 },
    ] as const;
    const facts = { permit, sizes, rows, holders, known: ['gender'], sensitive: ['code', 'year'] };
    const card = dataCardOf(facts as unknown as Parameters<typeof dataCardOf>[0]);
    expect(card.sets).toEqual({
      development: { persons: 20, rows: 20 },
      validation: { persons: null, rows: null },
      test: { persons: null, rows: null },
    });
    expect(card.custodians.map(({ persons }) => persons)).toEqual([30, null]);
    expect(card.fields.map(({ filled }) => filled)).toEqual([100, null, 50]);
    const text = writeDataCard(card);
    expect(text).toContain('| validation | 15 | fewer than 10 | fewer than 10 |');
    expect(text).toContain('Missing or cut off: 44444444');
  });
});
