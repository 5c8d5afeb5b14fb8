import { describe, expect, it } from 'vitest';
import { KeptAnswers } from './kept-answers.js';

const answer = (keptUntil = 100) => ({
  localisations: [],
  patientHandle: 'h',
  askedAt: new Date(0),
  keptUntil,
});

describe('answers that are kept', () => {
  it('are forgotten at their age', () => {
    const kept = new KeptAnswers(5);
    kept.keep('a', answer(100));
    expect(kept.find('a', 99)).toBeDefined();
    expect(kept.find('a', 100)).toBeUndefined();
    expect(kept.size).toBe(0);
  });

  it('are no more than allowed: what was not used for longest goes', () => {
    const kept = new KeptAnswers(2);
    kept.keep('a', answer());
    kept.keep('b', answer());
    kept.find('a', 0);
    kept.keep('c', answer());
    expect(['a', 'b', 'c'].map((key) => kept.find(key, 0) !== undefined)).toEqual([true, false, true]);
  });
});
