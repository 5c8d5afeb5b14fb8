import { getUra } from '@samenhang/data-model';
import { describe, expect, it } from 'vitest';
import { combineAnswers, combineChoices, type ChoiceQuestion } from './combine-choices.js';
import type { ConsentChoice } from './consent-choice.js';
import type { ConsentAnswer } from './consent-question.js';
import { regimeAt, type RegimePeriod } from './consent-regime.js';

const at = new Date('2026-12-01T10:00:00Z');
const hospital = getUra('22222222');
const practice = getUra('11111111');
const question: ChoiceQuestion = {
  holder: { ura: hospital, facilityType: 'V4' },
  requester: { ura: practice, facilityType: 'Z3' },
  professional: { id: '000095254', roleCode: '01.015' },
  category: 'Condition',
  purposeOfUse: 'TREAT',
};
const choice = (change: Partial<ConsentChoice>): ConsentChoice => ({
  decision: 'permit',
  holder: { ura: hospital },
  requester: 'anyone',
  categories: 'all',
  purposeOfUse: 'TREAT',
  ...change,
});
const answer = (...choices: ConsentChoice[]): string => combineChoices(choices, question, at).reason;

describe('choices of a patient', () => {
  it('nothing found is no under opt-in', () => {
    expect(combineChoices([], question, at)).toEqual({ permit: false, reason: 'not-applicable' });
  });

  it('a permit for the holder permits', () => expect(answer(choice({}))).toBe('permit'));

  it('acceptance scenario 24: permit for the holder, objection to a named requester: denied', () => {
    expect(answer(choice({}), choice({ decision: 'deny', requester: { ura: practice } }))).toBe('deny');
  });

  it('acceptance scenario 24: a tie is denied', () => {
    expect(answer(choice({}), choice({ decision: 'deny' }))).toBe('deny');
  });

  it('acceptance scenario 24: an expired permit does not count', () => {
    expect(answer(choice({ period: { end: at } }))).toBe('not-applicable');
    expect(answer(choice({ period: { start: new Date(at.getTime() + 1) } }))).toBe('not-applicable');
    expect(answer(choice({ period: { start: at } }))).toBe('permit');
  });

  it('a named holder outdoes a type of holder, both ways', () => {
    expect(answer(choice({ decision: 'deny', holder: { facilityType: 'V4' } }), choice({}))).toBe('permit');
    expect(answer(choice({ holder: { facilityType: 'V4' } }), choice({ decision: 'deny' }))).toBe('deny');
  });

  it('two choices that are each more exact in another aspect: the objection wins', () => {
    const permit = choice({ requester: { ura: practice } });
    expect(answer(permit, choice({ decision: 'deny', categories: ['Condition'] }))).toBe('deny');
  });

  it('an objection that no permit outdoes holds, whatever another permit does', () => {
    const broad = choice({ decision: 'deny', holder: { facilityType: 'V4' } });
    const exact = choice({ decision: 'deny', requester: { ura: practice } });
    expect(answer(broad, choice({}), exact)).toBe('deny');
  });

  it('choices about another category, requester, holder or purpose do not count', () => {
    expect(answer(choice({ categories: ['MedicationUse'] }))).toBe('not-applicable');
    expect(answer(choice({ requester: { facilityType: 'A1' } }))).toBe('not-applicable');
    expect(answer(choice({ holder: { ura: practice } }))).toBe('not-applicable');
    expect(answer(choice({ purposeOfUse: 'HRESCH' }))).toBe('not-applicable');
  });
});

describe('regime as policy data (acceptance scenario 3)', () => {
  const periods: RegimePeriod[] = [
    { purposeOfUse: 'TREAT', from: '2008-06-01', regime: 'opt-in', source: 'present law' },
    { purposeOfUse: 'TREAT', from: '2029-03-26', regime: 'opt-out', source: 'value of the scenario' },
  ];
  const after = new Date('2029-03-26T00:00:00Z');
  const before = new Date('2029-03-25T23:59:59Z');

  it('decides when nothing was chosen', () => {
    expect(combineChoices([], question, before, periods).permit).toBe(false);
    expect(combineChoices([], question, after, periods).permit).toBe(true);
  });

  it('an opt-out holds after the change', () => {
    expect(combineChoices([choice({ decision: 'deny' })], question, after, periods)).toEqual({
      permit: false,
      reason: 'deny',
    });
  });

  it('a purpose nobody listed is opt-in', () => expect(regimeAt('HMARKT', after, periods)).toBe('opt-in'));
});

describe('several registers', () => {
  const of = (reason: ConsentAnswer['reason']): ConsentAnswer => ({ permit: reason === 'permit', reason });
  it('an objection anywhere holds', () =>
    expect(combineAnswers([of('permit'), of('deny')])).toEqual(of('deny')));
  it('a register that could not be asked is a no', () =>
    expect(combineAnswers([of('permit'), of('unreachable')])).toEqual(of('unreachable')));
  it('one permit is enough when the others have nothing', () =>
    expect(combineAnswers([of('permit'), of('not-applicable')])).toEqual(of('permit')));
  it('no answer at all is a no', () => expect(combineAnswers([])).toEqual(of('not-applicable')));
});
