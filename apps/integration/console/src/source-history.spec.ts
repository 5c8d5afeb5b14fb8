import { getUra } from '@samenhang/data-model';
import { describe, expect, it } from 'vitest';
import { SourceHistory } from './source-history.js';

const hospital = getUra('22222222');
const lis = (messages: number, waiting = 0) => ({ id: 'lis', messages, waiting, quarantined: 1 });

describe('the course of a source', () => {
  it('has what arrived a minute since the look before, and what waited', () => {
    const history = new SourceHistory(10);
    history.add(hospital, 0, [lis(100, 7)]);
    history.add(hospital, 30_000, [lis(110, 3)]);
    history.add(hospital, 150_000, [lis(110)]);
    expect(history.of(hospital)).toEqual([
      {
        id: 'lis',
        displayName: 'lis',
        messages: 110,
        waiting: 0,
        quarantined: 1,
        points: [
          { at: 0, perMinute: null, waiting: 7, quarantined: 1 },
          { at: 30_000, perMinute: 20, waiting: 3, quarantined: 1 },
          { at: 150_000, perMinute: 0, waiting: 0, quarantined: 1 },
        ],
      },
    ]);
  });

  it('is no longer than it may be, and never of another care provider', () => {
    const history = new SourceHistory(3);
    for (let look = 0; look < 50; look += 1) history.add(hospital, look * 1_000, [lis(look)]);
    expect(history.of(hospital)[0]?.points.map(({ at }) => at)).toEqual([47_000, 48_000, 49_000]);
    expect(history.of(getUra('11111111'))).toEqual([]);
  });

  it('goes when the source goes', () => {
    const history = new SourceHistory(3);
    history.add(hospital, 0, [lis(1)]);
    history.add(hospital, 1_000, []);
    expect(history.of(hospital)).toEqual([]);
  });
});
