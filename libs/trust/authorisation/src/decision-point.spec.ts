import { describe, expect, it } from 'vitest';
import { dataCategories } from '@samenhang/data-model';
import type { AuthorisationInput } from './authorisation-input.js';
import { createDecisionPoint, loadPolicies } from './decision-point.js';
import { policyNames } from './policy-proof.js';

const generalPractitioner: AuthorisationInput = {
  policy: 'holder',
  subject: {
    client_id: 'query-api',
    scope: 'holder:read',
    organization_ura: '11111111',
    organization_facility_type: 'Z3',
    user_id: '000095254',
    user_role: '01.015',
    purpose_of_use: 'TREAT',
    treatment_relation: 'asserted',
  },
  request: { interaction: 'search-type' },
  context: {
    data_holder_organization_id: '22222222',
    data_holder_facility_type: 'V4',
    data_category: 'ObservationLaboratory',
  },
};
const nurse: AuthorisationInput = {
  ...generalPractitioner,
  subject: { ...generalPractitioner.subject, user_role: '30.000' },
};

describe('the compiled policies', () => {
  it('give a general practitioner laboratory results, with the reason', async () => {
    const decision = (await loadPolicies()).decide(generalPractitioner);
    expect(decision.allow).toBe(true);
    expect(decision.reasons[0]?.description).toContain('may see ObservationLaboratory for TREAT');
  });

  it('refuse a nurse laboratory results and nothing else', async () => {
    const decisions = (await loadPolicies()).decideCategories(
      nurse,
      dataCategories.map((category) => category.code),
    );
    expect([...decisions].filter(([, decision]) => !decision.allow).map(([category]) => category)).toEqual([
      'ObservationLaboratory',
    ]);
    expect(decisions.get('ObservationLaboratory')?.reasons).toEqual([
      { code: 'category_not_allowed', description: 'This role may not see this category of data' },
    ]);
  });

  it.each(policyNames)('deny by default: %s', async (policy) => {
    const empty = { policy, subject: {}, request: {}, context: {} } as unknown as AuthorisationInput;
    const decision = (await loadPolicies()).decide(empty);
    expect(decision.allow).toBe(false);
    expect(decision.reasons.length).toBeGreaterThan(0);
    expect(decision.reasons.map((reason) => reason.code)).not.toContain('internal_error');
  });

  it('deny a policy that does not exist', async () => {
    const decision = (await loadPolicies()).decide({ ...generalPractitioner, policy: 'other' as 'holder' });
    expect(decision).toEqual({
      allow: false,
      reasons: [expect.objectContaining({ code: 'internal_error' })],
    });
  });
});

describe('a module that misbehaves', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('trap');
      },
    ],
    ['gives no result', () => []],
    [
      'gives two results',
      () => [{ result: { allow: true, reasons: [{ code: 'a', description: 'b' }] } }, { result: {} }],
    ],
    ['gives something else', () => [{ result: true }]],
    ['gives no reason', () => [{ result: { allow: true, reasons: [] } }]],
  ])('%s: denied', (_, evaluate) => {
    expect(createDecisionPoint({ evaluate }).decide(generalPractitioner).allow).toBe(false);
  });
});
