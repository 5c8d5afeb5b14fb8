import { getUra } from '@samenhang/data-model';
import { getBsn } from '@samenhang/patient-identity';
import { describe, expect, it } from 'vitest';
import type { ConsentAnswer, ConsentQuestion, ConsentReason } from './consent-question.js';
import { readRegimes, regimesForm } from './consent-regime.js';
import { RegimeRegister } from './regime-register.js';

const question: ConsentQuestion = {
  patient: getBsn('900186021'),
  holder: { ura: getUra('22222222'), facilityType: 'V4' },
  requester: { ura: getUra('11111111'), facilityType: 'Z3' },
  professional: { id: '000095254', roleCode: '01.015' },
  category: 'Condition',
  purposeOfUse: 'TREAT',
};
const periods = readRegimes('TREAT:2029-03-26:opt-out');

function ask(reason: ConsentReason, at: string, purposeOfUse = 'TREAT'): Promise<ConsentAnswer> {
  const register = { ask: () => Promise.resolve({ permit: reason === 'permit', reason }) };
  return new RegimeRegister(register, periods, () => new Date(at)).ask({ ...question, purposeOfUse });
}

describe('what silence means (acceptance scenario 3)', () => {
  it('is no on the last day of opt-in and yes from the first of opt-out', async () => {
    expect(await ask('not-applicable', '2029-03-25T23:59:59Z')).toEqual({
      permit: false,
      reason: 'not-applicable',
    });
    expect(await ask('not-applicable', '2029-03-26T00:00:00Z')).toEqual({
      permit: true,
      reason: 'no-objection',
    });
  });

  it('is no for a purpose whose regime did not change', async () => {
    expect((await ask('not-applicable', '2029-03-27T00:00:00Z', 'HMARKT')).permit).toBe(false);
  });

  it.each(['deny', 'indeterminate', 'unreachable', 'malformed'] as const)(
    'is not what %s is',
    async (reason) => {
      expect(await ask(reason, '2030-01-01T00:00:00Z')).toEqual({ permit: false, reason });
    },
  );
});

describe('regimes of a deployment', () => {
  it('come beside those of the present law, and one of the same day in its place', () => {
    const read = readRegimes('TREAT:2029-03-26:opt-out,HRESCH:2027-01-01:opt-out');
    expect(read.map(({ purposeOfUse, from, regime }) => `${purposeOfUse} ${from} ${regime}`)).toEqual([
      'TREAT 2008-06-01 opt-in',
      'TREAT 2029-03-26 opt-out',
      'HRESCH 2027-01-01 opt-out',
    ]);
    expect(readRegimes('TREAT:2008-06-01:opt-out').map(({ regime }) => regime)).toEqual(['opt-out']);
    expect(readRegimes('')).toHaveLength(1);
  });

  it.each([
    'TREAT:2029-03-26',
    'TREAT:26-03-2029:opt-out',
    'TREAT:2029-03-26:maybe',
    ',',
    'TREAT:2029-03-26:opt-out,',
  ])('are refused when they read %s', (text) => expect(regimesForm.test(text)).toBe(false));
});
