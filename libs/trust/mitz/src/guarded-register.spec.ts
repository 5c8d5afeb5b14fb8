import { setTimeout as delay } from 'node:timers/promises';
import type { ConsentQuestion, ConsentReason } from '@samenhang/consent';
import { getUra } from '@samenhang/data-model';
import { getBsn } from '@samenhang/patient-identity';
import { describe, expect, it } from 'vitest';
import { GuardedRegister } from './guarded-register.js';

const question: ConsentQuestion = {
  patient: getBsn('900186021'),
  holder: { ura: getUra('22222222'), facilityType: 'V4' },
  requester: { ura: getUra('11111111'), facilityType: 'Z3' },
  professional: { id: '000095254', roleCode: '01.015' },
  category: 'Condition',
  purposeOfUse: 'TREAT',
};

function guarded() {
  const register = {
    reason: 'permit' as ConsentReason,
    asked: 0,
    ask() {
      register.asked += 1;
      return Promise.resolve({ permit: register.reason === 'permit', reason: register.reason });
    },
  };
  return { register, guard: new GuardedRegister(register, { failures: 3, pauseMs: 60 }) };
}

async function ask(guard: GuardedRegister, times: number): Promise<void> {
  for (let asked = 0; asked < times; asked += 1) await guard.ask(question);
}

describe('a register that does not answer (acceptance scenario 4)', () => {
  it.each(['unreachable', 'malformed'] as const)(
    'is spared after three times %s, and answers no',
    async (reason) => {
      const { register, guard } = guarded();
      expect((await guard.ask(question)).permit).toBe(true);
      register.reason = reason;
      await ask(guard, 3);
      expect(guard.openSince).toBeInstanceOf(Date);
      register.reason = 'permit';
      expect(await guard.ask(question)).toEqual({ permit: false, reason: 'unreachable' });
      expect(register.asked).toBe(4);
    },
  );

  it('is asked once after a pause, and as before when it answers', async () => {
    const { register, guard } = guarded();
    register.reason = 'unreachable';
    await ask(guard, 3);
    await delay(80);
    expect(await guard.ask(question)).toEqual({ permit: false, reason: 'unreachable' });
    expect(register.asked).toBe(4);
    await ask(guard, 2);
    expect(register.asked).toBe(4);
    register.reason = 'permit';
    await delay(80);
    expect((await guard.ask(question)).permit).toBe(true);
    expect(guard.openSince).toBeUndefined();
  });

  it.each(['deny', 'not-applicable', 'indeterminate'] as const)('is not one that says %s', async (reason) => {
    const { register, guard } = guarded();
    register.reason = reason;
    await ask(guard, 10);
    expect(register.asked).toBe(10);
    expect(guard.openSince).toBeUndefined();
  });
});
