import { getUra } from '@samenhang/data-model';
import { describe, expect, it } from 'vitest';
import type { RegisteredChoice } from './choice.js';
import { positionOf } from './objection.js';

const holder = { ura: getUra('22222222') };
const choice = (change: Partial<RegisteredChoice>): RegisteredChoice => ({
  holder,
  category: 'GGC002',
  decision: 'deny',
  ...change,
});

describe('what a citizen’s choices say about being found', () => {
  it.each([
    ['no choice', [], 'none'],
    ['nothing to anyone', [choice({})], 'objects'],
    ['nothing to general practices', [choice({ requesterCategory: 'RPZAC001' })], 'none'],
    ['no results to anyone', [choice({ category: 'GGC012' })], 'none'],
    ['all to anyone', [choice({ decision: 'permit' })], 'permits'],
    [
      'nothing to anyone but results to general practices',
      [choice({}), choice({ decision: 'permit', category: 'GGC012', requesterCategory: 'RPZAC001' })],
      'permits',
    ],
    ['nothing to anyone of another holder', [choice({ holder: { ura: getUra('44444444') } })], 'none'],
    ['nothing to anyone of all hospitals', [choice({ holder: { facilityType: 'V4' } })], 'none'],
  ] as const)('%s', (_name, choices, position) => {
    expect(positionOf(choices, holder)).toBe(position);
  });

  it('is told of a type of care providers as of one', () => {
    const hospitals = { facilityType: 'V4' };
    expect(positionOf([choice({ holder: hospitals }), choice({ decision: 'permit' })], hospitals)).toBe(
      'objects',
    );
  });
});
