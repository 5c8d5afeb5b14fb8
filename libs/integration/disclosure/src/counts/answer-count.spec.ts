import { describe, expect, it } from 'vitest';
import { answerCount, type CountingAnswer } from './answer-count.js';
import { cohortOf, everyone, unpaired, type Cohort } from './cohort.js';
import { emptyHistory } from './counting-history.js';
import { defaultCountingPolicy } from './counting-policy.js';

const population = everyone(1000);
const from = (start: number, end: number) => cohortOf(1000, (person) => person >= start && person < end);

/** Answers of one permit to questions of one condition each. */
function permit(key = new Uint8Array(32).fill(3)) {
  let history = emptyHistory(population);
  return (value: string, cohort: Cohort, ...more: { value: string; without: Cohort }[]): CountingAnswer => {
    const conditions = [value, ...more.map((condition) => condition.value)];
    const answered = answerCount(defaultCountingPolicy, key, history, {
      conditions: conditions.map((text) => ({ dimension: 'group', value: text })),
      cohort,
      without: [population, ...more.map(({ without }) => without)],
    });
    history = answered.history;
    return answered.answer;
  };
}

const withheld = { kind: 'withheld' };

describe('A counting question', () => {
  it('is answered in multiples of five near the count', () => {
    const answer = permit()('a', from(0, 300));
    if (answer.kind !== 'count') throw new Error('Not answered');
    expect(answer.count % 5).toBe(0);
    expect(Math.abs(answer.count - 300)).toBeLessThanOrEqual(15);
  });

  it('has the same answer when it is asked again, and for the same persons under a new history', () => {
    const ask = permit();
    const first = ask('a', from(0, 300));
    expect(ask('b', from(400, 700))).toMatchObject({ kind: 'count' });
    expect(ask('a', from(0, 300))).toBe(first);
    expect(permit()('the same in other words', from(0, 300))).toEqual(first);
  });

  it('is withheld for few persons, few others, and a condition that excludes few', () => {
    expect(permit()('few', from(0, 9))).toEqual(withheld);
    expect(permit()('nobody', from(0, 0))).toEqual(withheld);
    expect(permit()('all but few', from(0, 995))).toEqual(withheld);
    const narrow = { value: 'not the one', without: from(0, 301) };
    expect(permit()('a', from(0, 300), narrow)).toEqual(withheld);
  });

  it('stops being answered at another size for each question, never below the smallest cell', () => {
    const answersAt = (size: number) =>
      new Set(
        Array.from({ length: 40 }, (_unused, index) => permit()(`question ${index}`, from(0, size)).kind),
      );
    expect(answersAt(defaultCountingPolicy.typicalThreshold)).toEqual(new Set(['count', 'withheld']));
    expect(answersAt(defaultCountingPolicy.minimumCell - 1)).toEqual(new Set(['withheld']));
    expect(answersAt(2 * defaultCountingPolicy.typicalThreshold)).toEqual(new Set(['count']));
  });

  it('is withheld alike when it differs from an earlier one by one person and by none', () => {
    for (const other of [from(0, 299), from(0, 300), from(299, 1000)]) {
      const ask = permit();
      ask('a', from(0, 300));
      expect(ask('b', other)).toEqual(withheld);
    }
  });

  it('is withheld when earlier ones leave little of a whole, or of overlapping groups', () => {
    const ask = permit();
    expect(ask('whole', from(0, 600)).kind).toBe('count');
    expect(ask('one part', from(0, 300)).kind).toBe('count');
    expect(ask('other part but one', from(300, 599))).toEqual(withheld);
    const overlaps = permit();
    expect(overlaps('ab', from(0, 400)).kind).toBe('count');
    expect(overlaps('bc', from(200, 700)).kind).toBe('count');
    expect(overlaps('cd', from(400, 900)).kind).toBe('count');
    const rest = cohortOf(1000, (person) =>
      unpairedAt(person, [
        [0, 400],
        [200, 700],
        [400, 900],
      ]),
    );
    expect(unpaired([rest, from(0, 400), from(200, 700), from(400, 900)])).toBe(0);
    expect(overlaps('what is left', rest)).toEqual(withheld);
  });

  it('is refused, whatever the data say, with too many conditions or when questions are spent', () => {
    const more = ['b', 'c', 'd'].map((value) => ({ value, without: population }));
    const tooMany = { kind: 'refused', reason: 'too-many-conditions' };
    expect(permit()('a', from(0, 300), ...more)).toEqual(tooMany);
    expect(permit()('a', from(0, 0), ...more)).toEqual(tooMany);
    const ask = permit();
    const first = ask('first', from(0, 300));
    for (let question = 1; question < 100; question++) ask(`nobody ${question}`, from(0, 0));
    expect(ask('one more', from(500, 800))).toEqual({ kind: 'refused', reason: 'questions-spent' });
    expect(ask('first', from(0, 300))).toBe(first);
  });

  it('does not mix populations', () => {
    expect(() => permit()('a', everyone(1001))).toThrow(RangeError);
  });
});

function unpairedAt(person: number, ranges: readonly (readonly [number, number])[]): boolean {
  return ranges.filter(([start, end]) => person >= start && person < end).length % 2 === 1;
}
