import { describe, expect, it } from 'vitest';
import { findTimeInterval } from './time-interval.js';

const shown = (text: string) => {
  const interval = findTimeInterval(text);
  return interval && [new Date(interval.from).toISOString(), new Date(interval.until).toISOString()];
};

describe('the time a FHIR date stands for', () => {
  it.each([
    ['2026', '2025-12-31T23:00:00.000Z', '2026-12-31T23:00:00.000Z'],
    ['2026-03', '2026-02-28T23:00:00.000Z', '2026-03-31T22:00:00.000Z'],
    ['2026-07-01', '2026-06-30T22:00:00.000Z', '2026-07-01T22:00:00.000Z'],
    ['2026-03-29', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['2024-02-29', '2024-02-28T23:00:00.000Z', '2024-02-29T23:00:00.000Z'],
    ['2026-11-22T00:30:00+01:00', '2026-11-21T23:30:00.000Z', '2026-11-21T23:30:01.000Z'],
    ['9999', '9998-12-31T23:00:00.000Z', '9999-12-31T23:00:00.000Z'],
    ['2026-11-22T10:00Z', '2026-11-22T10:00:00.000Z', '2026-11-22T10:01:00.000Z'],
    ['2026-11-22T10:00', '2026-11-22T09:00:00.000Z', '2026-11-22T09:01:00.000Z'],
    ['2026-11-22T10:00:00.1234Z', '2026-11-22T10:00:00.123Z', '2026-11-22T10:00:00.124Z'],
  ])('%s', (text, from, until) => {
    expect(shown(text)).toEqual([from, until]);
  });

  it.each(['', '26', '2026-13', '2026-02-30', '2026-02-30T10:00:00Z', '2026-02-20T25:00:00Z', 'now'])(
    'none: "%s"',
    (text) => {
      expect(findTimeInterval(text)).toBeUndefined();
    },
  );
});
