import { describe, expect, it } from 'vitest';
import { isDue } from './schedule.js';

const night = { hour: 3, everySeconds: 0 };
const at = (text: string) => new Date(`2026-11-${text}:00Z`);

describe('when to compare with the index', () => {
  it.each([
    ['at first', null, at('22T12:00'), true],
    ['not twice a night', at('22T03:05'), at('22T04:00'), false],
    ['not by day', at('22T03:05'), at('23T02:59'), false],
    ['the next night', at('22T03:05'), at('23T03:00'), true],
    ['after a night that was missed', at('20T03:05'), at('22T01:00'), true],
  ])('%s', (_name, finishedAt, now, due) => {
    expect(isDue(finishedAt, now, night)).toBe(due);
  });

  it('in a fixed period when one is set', () => {
    expect(isDue(at('22T03:00'), at('22T03:01'), { hour: 3, everySeconds: 60 })).toBe(true);
    expect(isDue(at('22T03:00'), at('22T03:01'), { hour: 3, everySeconds: 61 })).toBe(false);
  });
});
