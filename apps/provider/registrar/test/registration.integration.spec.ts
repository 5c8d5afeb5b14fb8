import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunningRegistrar } from './running-registrar.js';

let registrar: RunningRegistrar;
beforeEach(async () => {
  registrar = await RunningRegistrar.start();
});
afterEach(() => registrar.stop());

const names = () => [...registrar.around.registered].sort();

describe('following the record', () => {
  it('registers the first fact and withdraws the last', async () => {
    await registrar.publish({ available: true, revision: 1 });
    await registrar.settled(1);
    expect(names()).toEqual(['22222222 Condition']);
    expect((await registrar.status()).counts).toEqual({ registered: 1, pending: 0 });
    await registrar.publish({ available: false, revision: 2 });
    await registrar.until(() => names().length === 0);
    await registrar.settled(1);
    expect((await registrar.status()).counts).toEqual({ registered: 0, pending: 0 });
  });

  it('brings what is due together in one call per tenant, each with its own authority', async () => {
    await registrar.publish(
      ...(['Condition', 'Patient', 'Encounter'] as const).map((category) => ({
        category,
        available: true,
        revision: 1,
      })),
      { tenant: '44444444', category: 'Patient', available: true, revision: 1 },
    );
    await registrar.settled(4);
    expect(names()).toEqual([
      '22222222 Condition',
      '22222222 Encounter',
      '22222222 Patient',
      '44444444 Patient',
    ]);
    expect(registrar.around.received).toHaveLength(2);
  });

  it('lets no older revision overrule a newer one, in one chunk or in two', async () => {
    await registrar.publish({ available: false, revision: 5 }, { available: true, revision: 4 });
    await registrar.publish({ available: true, revision: 3 });
    await delay(500);
    expect(names()).toEqual([]);
    expect(registrar.around.received).toEqual([]);
  });

  it('does not register again what is registered', async () => {
    await registrar.publish({ available: true, revision: 1 });
    await registrar.settled(1);
    await registrar.publish({ available: true, revision: 2 }, { available: true, revision: 1 });
    await delay(300);
    expect(registrar.around.received).toHaveLength(1);
  });

  it('follows a change that arrives while the call for the former one is under way', async () => {
    registrar.around.indexDelayMs = 300;
    await registrar.publish({ available: true, revision: 1 });
    await registrar.until(() => registrar.around.concurrent === 1);
    await registrar.publish({ available: false, revision: 2 });
    await registrar.until(() => registrar.around.received.length === 2);
    await registrar.settled(1);
    expect(registrar.around.received.map(({ changes }) => changes)).toEqual([['+Condition'], ['-Condition']]);
    expect(names()).toEqual([]);
  });
});

describe('when services are down', () => {
  it.each([
    ['pseudonymisation', 'evaluationStatus'],
    ['the index', 'indexStatus'],
  ] as const)('%s: waits without hammering, and catches up', async (_name, member) => {
    registrar.around[member] = 503;
    const patients = Array.from({ length: 40 }, () => randomBytes(16).toString('hex'));
    await registrar.publish(...patients.map((patient) => ({ patient, available: true, revision: 1 })));
    await registrar.until(
      async () => (await registrar.status()).counts.pending === 40 && registrar.around.evaluations > 0,
    );
    await delay(400);
    const attempts = registrar.around.evaluations;
    expect(attempts).toBeLessThanOrEqual(4);
    registrar.around[member] = undefined;
    await registrar.settled(40);
    expect(registrar.around.received.reduce((sum, { persons }) => sum + persons, 0)).toBe(40);
  });

  it('counts no attempt against a registration for an outage', async () => {
    registrar.around.indexStatus = 503;
    await registrar.publish({ available: true, revision: 1 });
    await registrar.until(() => registrar.around.evaluations >= 2);
    expect(await registrar.query('SELECT attempts FROM registration_state')).toEqual([{ attempts: 0 }]);
  });

  it('sets a refused registration back and lets the others pass', async () => {
    registrar.around.indexStatus = 403;
    await registrar.publish({ available: true, revision: 1 });
    await registrar.until(
      async () => (await registrar.query('SELECT 1 FROM registration_state WHERE attempts = 1')).length === 1,
    );
    registrar.around.indexStatus = undefined;
    await registrar.publish({ patient: 'b'.repeat(32), category: 'Patient', available: true, revision: 1 });
    await registrar.until(() => names().includes('22222222 Patient'));
    await registrar.publish({ available: true, revision: 2 });
    await registrar.settled(2);
  });
});

describe('over restarts', () => {
  it('takes up what it had not done', async () => {
    registrar.around.indexStatus = 503;
    await registrar.publish({ available: true, revision: 1 });
    await registrar.until(() => registrar.around.evaluations > 0);
    await registrar.stopService();
    registrar.around.indexStatus = undefined;
    await registrar.startService();
    await registrar.settled(1);
    expect(names()).toEqual(['22222222 Condition']);
  });

  it('repeats a call whose outcome a killed process never stored, also when the wish is gone meanwhile', async () => {
    await registrar.publish({ available: true, revision: 1 });
    await registrar.settled(1);
    await registrar.stopService();
    // What a kill between call and outcome leaves behind.
    await registrar.query(
      `UPDATE registration_state SET actual = 'unknown', claim = gen_random_uuid(), next_try = now() + interval '5 min'`,
    );
    await registrar.publish({ available: false, revision: 2 });
    await registrar.startService();
    await registrar.until(() => names().length === 0);
    await registrar.settled(1);
  });
});

describe('beside another instance', () => {
  it('one works, and the other takes over when its database session ends', async () => {
    const second = await registrar.startAnother();
    try {
      const patients = Array.from({ length: 200 }, () => randomBytes(16).toString('hex'));
      await registrar.publish(...patients.map((patient) => ({ patient, available: true, revision: 1 })));
      await registrar.settled(200);
      expect(registrar.around.received.reduce((sum, { persons }) => sum + persons, 0)).toBe(200);
      expect(await registrar.endWorkerSession()).toBe(1);
      await registrar.publish({ available: true, revision: 1 });
      await registrar.settled(201);
    } finally {
      await second.close();
    }
  });
});

describe('what it keeps', () => {
  it('the BSN sealed, and only while something is registered', async () => {
    await registrar.publish({ available: true, revision: 1 });
    await registrar.settled(1);
    const [row] = await registrar.query<{ text: string; sealed_bsn: Buffer | null }>(
      'SELECT state::text AS text, sealed_bsn FROM registration_state AS state',
    );
    expect(row?.text).not.toContain('999990007');
    expect(row?.sealed_bsn?.toString('latin1')).not.toContain('999990007');
    await registrar.publish({ available: false, revision: 2 });
    await registrar.until(
      async () =>
        (await registrar.query('SELECT 1 FROM registration_state WHERE sealed_bsn IS NULL')).length === 1,
    );
  });

  it('sends many patients in bounded requests, some at a time', async () => {
    registrar.around.indexDelayMs = 30;
    const patients = Array.from({ length: 500 }, () => randomBytes(16).toString('hex'));
    await registrar.publish(...patients.map((patient) => ({ patient, available: true, revision: 1 })));
    await registrar.settled(500);
    const sizes = registrar.around.received.map(({ persons }) => persons);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(500);
    expect(Math.max(...sizes)).toBe(80);
    expect(registrar.around.highestConcurrency).toBeLessThanOrEqual(4);
  });

  it('sets a patient aside whose BSN cannot be unsealed, and goes on with the others', async () => {
    registrar.around.indexStatus = 503;
    await registrar.publish(
      { available: true, revision: 1 },
      { patient: 'b'.repeat(32), category: 'Patient', available: true, revision: 1 },
    );
    await registrar.until(
      async () =>
        (await registrar.query('SELECT 1 FROM registration_state WHERE last_failure IS NOT NULL')).length ===
        2,
    );
    await registrar.query(`UPDATE registration_state SET sealed_bsn = '\\x00' WHERE category = 'Condition'`);
    registrar.around.indexStatus = undefined;
    await registrar.until(() => names().includes('22222222 Patient'));
    await registrar.until(
      async () => (await registrar.query('SELECT 1 FROM registration_state WHERE attempts > 0')).length === 1,
    );
  });
});
