import { describe, expect, it } from 'vitest';
import { PseudonymisationConfiguration } from '../pseudonymisation.configuration.js';
import { anomalySettingsOf } from './anomaly-settings.js';
import { findAnomalies, isOffHours, type CallerBaseline, type CallerHour } from './find-anomalies.js';

const settings = anomalySettingsOf(new PseudonymisationConfiguration());
const day = new Date('2026-11-18T10:00:00Z');
const night = new Date('2026-11-18T02:00:00Z');
const usual: CallerBaseline = {
  firstSeen: new Date('2026-11-01T10:00:00Z'),
  points: 4_000,
  peak: 300,
  offHoursPoints: 0,
  recipients: ['index'],
};
const quiet: CallerHour = {
  organisation: '22222222',
  clientId: 'registrar',
  hour: day,
  requests: 500,
  refused: 0,
  points: 5_000,
  peak: 400,
  recipients: ['index'],
};
const kinds = (hour: Partial<CallerHour>, baseline: CallerBaseline | undefined = usual): string[] =>
  findAnomalies({ ...quiet, ...hour }, baseline, settings).map(({ kind }) => kind);

describe('what is out of the ordinary', () => {
  it('is nothing in an hour like the others', () => expect(kinds({})).toEqual([]));

  it.each<[string, Partial<CallerHour>, string[]]>([
    ['a minute five times the busiest', { peak: 1_500 }, ['burst']],
    ['a minute just below', { peak: 1_499 }, []],
    ['an hour five times the usual', { points: 20_000 }, ['rate']],
    ['an hour just below', { points: 19_999 }, []],
    ['work at night of one that never works at night', { hour: night, points: 1_000 }, ['off-hours']],
    ['a little work at night', { hour: night, points: 999 }, []],
    ['a tenth of the requests refused', { refused: 50 }, ['refusals']],
    ['fewer refused', { refused: 49 }, []],
    ['a few requests, all refused', { requests: 19, refused: 19 }, []],
    ['a recipient it never asked for', { recipients: ['index', 'research'] }, ['new-recipient']],
    [
      'all of them at once',
      { hour: night, peak: 9_000, points: 90_000, refused: 400, recipients: ['research'] },
      ['burst', 'rate', 'off-hours', 'refusals', 'new-recipient'],
    ],
  ])('%s', (_name, hour, expected) => expect(kinds(hour)).toEqual(expected));

  it('has a floor for callers without a past, and no new recipient while they are being learned', () => {
    expect(findAnomalies({ ...quiet, points: 9_999, peak: 999 }, undefined, settings)).toEqual([]);
    const first = findAnomalies({ ...quiet, points: 10_000, peak: 1_000 }, undefined, settings);
    expect(first.map(({ kind }) => kind)).toEqual(['burst', 'rate']);
    const known = { ...usual, firstSeen: new Date('2026-11-17T12:00:00Z') };
    expect(kinds({ recipients: ['research'] }, known)).toEqual([]);
  });

  it('lets those who work at night always do so', () => {
    expect(kinds({ hour: night, points: 4_999 }, { ...usual, offHoursPoints: 1_000 })).toEqual([]);
    expect(kinds({ hour: night, points: 5_000 }, { ...usual, offHoursPoints: 1_000 })).toEqual(['off-hours']);
  });
});

describe('the night', () => {
  it.each([
    ['2026-07-01T20:59:00Z', false],
    ['2026-07-01T21:00:00Z', true],
    ['2026-12-01T21:59:00Z', false],
    ['2026-12-01T22:00:00Z', true],
    ['2026-12-01T04:59:00Z', true],
    ['2026-12-01T05:00:00Z', false],
  ])('at %s, by the clock of Amsterdam in summer and winter: %s', (at, expected) => {
    expect(isOffHours(new Date(at), settings)).toBe(expected);
  });

  it('may lie within one day', () => {
    const within = { offHours: [1, 5] as const, timeZone: 'UTC' };
    expect(isOffHours(new Date('2026-12-01T00:59:00Z'), within)).toBe(false);
    expect(isOffHours(new Date('2026-12-01T04:00:00Z'), within)).toBe(true);
    expect(isOffHours(new Date('2026-12-01T05:00:00Z'), within)).toBe(false);
  });
});
