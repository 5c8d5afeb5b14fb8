import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findTime, readDateTime, type DateTime } from './date-time.js';

const zone = 'Europe/Amsterdam';
const read = (text: string): DateTime => readDateTime(text, zone);
const two = (number: number): string => String(number).padStart(2, '0');

describe('a date or time keeps its precision', () => {
  it.each([
    ['1965', '1965'],
    ['196503', '1965-03'],
    ['19650301', '1965-03-01'],
    ['20240229', '2024-02-29'],
    ['202603011130', '2026-03-01T11:30:00+01:00'],
    ['202607011130', '2026-07-01T11:30:00+02:00'],
    ['20260701113015', '2026-07-01T11:30:15+02:00'],
    ['20260701113015.4321', '2026-07-01T11:30:15.4321+02:00'],
    ['20260701113015-0500', '2026-07-01T11:30:15-05:00'],
    ['202607011130+0000', '2026-07-01T11:30:00+00:00'],
  ])('%s is %s', (sent, value) => {
    expect(read(sent)).toEqual({ value });
  });

  it.each([
    ['19650000', '1965', 'unknown-parts'],
    ['19650300', '1965-03', 'unknown-parts'],
    ['2026070111', '2026-07-01', 'hour-only'],
    ['202603290230', '2026-03-29', 'no-such-local-time'],
    ['202610250230', '2026-10-25T02:30:00+02:00', 'ambiguous-local-time'],
  ])('%s is %s, with the remark %s %s', (sent, value, remark) => {
    expect(read(sent)).toEqual({ value, remark });
  });

  it.each([
    '20260231',
    '20260431',
    '20230229',
    '20261301',
    '20260132',
    '202601012460',
    '2026010125',
    '00000000',
    '2026-01-01',
    '01-03-1965',
    '19651',
    'gisteren',
    '20260101113015+1500',
    '19000229',
  ])('%s is no date', (sent) => {
    expect(read(sent)).toEqual({ problem: 'invalid-date' });
  });
});

describe('for any date', () => {
  const date = fc.date({
    min: new Date('1900-01-01T00:00:00Z'),
    max: new Date('2100-01-01T00:00:00Z'),
    noInvalidDate: true,
  });

  it('an existing day is kept as it is', () => {
    fc.assert(
      fc.property(date, (any) => {
        const iso = any.toISOString().slice(0, 10);
        expect(read(iso.replaceAll('-', ''))).toEqual({ value: iso });
      }),
    );
  });

  it('a stated offset gives back the same instant', () => {
    fc.assert(
      fc.property(date, fc.integer({ min: -11, max: 13 }), (any, hours) => {
        const local = new Date(any.getTime() + hours * 3_600_000).toISOString();
        const sent = `${local.slice(0, 19).replace(/\D/g, '')}${hours < 0 ? '-' : '+'}${two(Math.abs(hours))}00`;
        const result = read(sent);
        expect('value' in result && Date.parse(result.value)).toBe(Math.floor(any.getTime() / 1000) * 1000);
      }),
    );
  });

  it('local time gives the instant that the platform knows for it', () => {
    const recent = fc.date({
      min: new Date('1970-01-02T00:00:00Z'),
      max: new Date('2037-01-01T00:00:00Z'),
      noInvalidDate: true,
    });
    const format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: zone,
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    fc.assert(
      fc.property(recent, (any) => {
        const result = read(format.format(any).replace(/\D/g, ''));
        if (!('value' in result) || result.remark !== undefined) return;
        expect(Date.parse(result.value)).toBe(Math.floor(any.getTime() / 1000) * 1000);
      }),
    );
  });

  it('no text makes it throw', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => read(text)).not.toThrow();
      }),
    );
  });
});

it.each([
  ['0815', '08:15:00'],
  ['081530', '08:15:30'],
  ['2460', undefined],
  ['8:15', undefined],
])('a time of day %s is %s', (sent, expected) => {
  expect(findTime(sent)).toBe(expected);
});
