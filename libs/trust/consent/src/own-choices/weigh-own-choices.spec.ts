import { getUra } from '@samenhang/data-model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChoiceQuestion } from '../combine-choices.js';
import { anyPurpose, type ConsentChoice } from '../consent-choice.js';
import type { ConsentAnswer, ConsentReason } from '../consent-question.js';
import { disclosureLimits, mayDisclose } from './disclosure-limits.js';
import { weighOwnChoices } from './weigh-own-choices.js';

const hospital = { ura: getUra('22222222'), facilityType: 'V4' };
const practice = { ura: getUra('11111111'), facilityType: 'Z3' };
const at = new Date('2026-12-01T10:00:00Z');
const question: ChoiceQuestion = {
  holder: hospital,
  requester: practice,
  professional: { id: '000095254', roleCode: '01.015' },
  category: 'Condition',
  purposeOfUse: 'TREAT',
};
const choice = (change: Partial<ConsentChoice>): ConsentChoice => ({
  decision: 'permit',
  holder: { ura: hospital.ura },
  requester: 'anyone',
  categories: 'all',
  purposeOfUse: anyPurpose,
  ...change,
});
const deny = (change: Partial<ConsentChoice> = {}): ConsentChoice => choice({ decision: 'deny', ...change });
const answer = (reason: ConsentReason): ConsentAnswer => ({
  permit: reason === 'permit' || reason === 'no-objection',
  reason,
});
const weigh = (register: ConsentReason, ...choices: ConsentChoice[]) =>
  weighOwnChoices(answer(register), choices, question, at);

describe("what a holder's own consents make of the answer of a register", () => {
  it.each<[string, ConsentReason, ConsentChoice[], ConsentReason]>([
    ['nothing of its own: the register decides', 'permit', [], 'permit'],
    ['nothing of its own: no objection stays that', 'no-objection', [], 'no-objection'],
    [
      'permit there, objection to who asks here',
      'permit',
      [deny({ requester: { ura: practice.ura } })],
      'deny',
    ],
    ['permit here, objection there', 'deny', [choice({})], 'deny'],
    ['permit here, nothing there', 'not-applicable', [choice({})], 'permit'],
    ['permit here, the register is away', 'unreachable', [choice({})], 'unreachable'],
    ['objection here, the register is away', 'unreachable', [deny()], 'deny'],
    ['tie', 'not-applicable', [choice({}), deny()], 'deny'],
    [
      'tie of named requesters',
      'permit',
      [choice({ requester: { ura: practice.ura } }), deny({ requester: { ura: practice.ura } })],
      'deny',
    ],
    [
      'named professional outdoes the organisation',
      'not-applicable',
      [deny({ requester: { ura: practice.ura } }), choice({ requester: { professional: '000095254' } })],
      'permit',
    ],
    [
      'role like type',
      'not-applicable',
      [choice({ requester: { facilityType: 'Z3' } }), deny({ requester: { roleCode: '01.015' } })],
      'deny',
    ],
    ['purpose named outdoes none', 'not-applicable', [deny(), choice({ purposeOfUse: 'TREAT' })], 'permit'],
    ['of another purpose', 'not-applicable', [choice({ purposeOfUse: 'HRESCH' })], 'not-applicable'],
    ['expired', 'not-applicable', [choice({ period: { end: at } })], 'not-applicable'],
    ['expired objection', 'permit', [deny({ period: { end: at } })], 'permit'],
    ['not begun', 'permit', [deny({ period: { start: new Date(at.getTime() + 1) } })], 'permit'],
    ['another category', 'not-applicable', [choice({ categories: ['Procedure'] })], 'not-applicable'],
    [
      'a resource opens no category',
      'not-applicable',
      [choice({ resources: ['Composition/1'] })],
      'not-applicable',
    ],
  ])('%s', (_name, register, choices, reason) => {
    expect(weigh(register, ...choices).answer).toEqual(answer(reason));
  });

  it('opens one resource and no other', () => {
    const weighed = weigh('not-applicable', choice({ resources: ['Composition/1'] }));
    const limits = disclosureLimits([weighed], () => false);
    expect(weighed.opened).toEqual(['Composition/1']);
    if (limits === undefined) throw new Error('There are limits');
    expect(mayDisclose(limits, 'Condition', 'Composition/1')).toBe(true);
    expect(mayDisclose(limits, undefined, 'Composition/1')).toBe(true);
    expect(mayDisclose(limits, 'Condition', 'Composition/2')).toBe(false);
    expect(mayDisclose(limits, undefined, 'Composition/2')).toBe(false);
    expect(mayDisclose(limits, 'Procedure', 'Procedure/2')).toBe(true);
  });

  it('withholds one resource of what is permitted, also in an emergency', () => {
    const weighed = weigh('permit', deny({ resources: ['Condition/1'] }));
    const limits = disclosureLimits([weighed], () => true);
    if (limits === undefined) throw new Error('There are limits');
    expect(weighed.answer.permit).toBe(true);
    expect(mayDisclose(limits, 'Condition', 'Condition/1')).toBe(false);
    expect(mayDisclose(limits, 'Condition', 'Condition/2')).toBe(true);
  });

  it('never lets a consent of its own undo an objection there, and gives nothing that neither permits', () => {
    const parties: ConsentChoice['requester'][] = ['anyone', { ura: practice.ura }, { facilityType: 'Z3' }];
    const someChoice = fc
      .record({
        decision: fc.constantFrom<'permit' | 'deny'>('permit', 'deny'),
        requester: fc.constantFrom(...parties),
        resources: fc.constantFrom(undefined, ['Condition/1'], ['Condition/1', 'Condition/2']),
      })
      .map(({ resources, ...rest }) => choice(resources === undefined ? rest : { ...rest, resources }));
    const reasons = fc.constantFrom<ConsentReason>('permit', 'deny', 'not-applicable', 'unreachable');
    fc.assert(
      fc.property(reasons, fc.array(someChoice, { maxLength: 6 }), (register, choices) => {
        const weighed = weigh(register, ...choices);
        const isGiven = weighed.answer.permit || weighed.opened.length > 0;
        if (register === 'deny' || register === 'unreachable') expect(isGiven).toBe(false);
        if (isGiven && register !== 'permit')
          expect(choices.some(({ decision }) => decision === 'permit')).toBe(true);
        expect(weighed.opened.filter((each) => weighed.withheld.includes(each))).toEqual([]);
      }),
    );
  });
});
