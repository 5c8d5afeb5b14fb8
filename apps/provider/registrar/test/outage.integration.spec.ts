import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyOf, RunningRegistrar } from './running-registrar.js';

let registrar: RunningRegistrar;
beforeEach(async () => {
  registrar = await RunningRegistrar.start();
});
afterEach(() => registrar.stop());

const patients = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    patient: index.toString(16).padStart(32, '0'),
    available: true,
    revision: 1,
  }));
const persons = () => registrar.around.received.reduce((sum, each) => sum + each.persons, 0);
const failures = () =>
  registrar.query<{ last_failure: string; attempts: number }>(
    'SELECT last_failure, attempts FROM registration_state WHERE last_failure IS NOT NULL',
  );

describe('an index that is away for a day', () => {
  it('is caught up with in bounded requests, each registration once, across a restart', async () => {
    registrar.around.indexStatus = 503;
    await registrar.publish(...patients(3_000));
    await registrar.until(async () => (await registrar.status()).counts.pending === 3_000);
    await registrar.stopService();
    // A day passes for everything that waits.
    await registrar.query(
      `UPDATE registration_state SET next_try = next_try - interval '1 day', pending_since = pending_since - interval '1 day'`,
    );
    registrar.around.indexStatus = undefined;
    await registrar.startService();
    await registrar.settled(3_000);
    expect(persons()).toBe(3_000);
    expect(Math.max(...registrar.around.received.map((each) => each.persons))).toBeLessThanOrEqual(80);
    expect(registrar.around.highestConcurrency).toBeLessThanOrEqual(4);
  }, 60_000);
});

describe('an operator', () => {
  it('sees which service is away, and that it is back', async () => {
    await registrar.stopService();
    // Another origin than that of the pseudonymisation service.
    registrar.extra = { REFERENCE_INDEX_URL: registrar.around.url.replace('127.0.0.1', 'localhost') };
    await registrar.startService();
    registrar.around.indexStatus = 503;
    let count = 0;
    const stateOf = async (name: string) =>
      (await registrar.status()).outside.find((one) => one.name === name)?.state;
    const problemsOf = async (name: string) =>
      (await registrar.status()).problems.filter(({ outside }) => outside === name);
    await registrar.until(async () => {
      if ((await failures()).length === count) await registrar.publish(...patients((count += 1)).slice(-1));
      return (await stateOf('reference-index')) === 'failing';
    });
    expect(await problemsOf('reference-index')).toMatchObject([
      { code: 'outside-failing', text: expect.stringContaining('503') as string },
    ]);
    expect(await problemsOf('pseudonymisation')).toEqual([]);
    expect(await stateOf('pseudonymisation')).toBe('answers');
    registrar.around.indexStatus = undefined;
    await registrar.settled(count);
    expect(await problemsOf('reference-index')).toEqual([]);
    expect(await stateOf('reference-index')).toBe('answers');
  }, 60_000);
});

describe('a service that behaves badly', () => {
  it('asks to wait: nothing is sent before the time is over', async () => {
    registrar.around.indexStatus = 429;
    registrar.around.retryAfter = '2';
    await registrar.publish(...patients(1));
    await registrar.until(async () => (await failures()).length === 1);
    const asked = registrar.around.evaluations;
    registrar.around.indexStatus = undefined;
    await delay(1_500);
    expect(registrar.around.evaluations).toBe(asked);
    await registrar.settled(1);
    expect(persons()).toBe(1);
  });

  it.each([
    ['no JSON', '<html>'],
    ['JSON of another kind', 'null'],
    ['ids that are none', '{"ids":[7]}'],
  ])('answers with %s: nothing is believed that cannot be read, and it ends well', async (_name, garbage) => {
    registrar.around.garbage = garbage;
    await registrar.publish(...patients(1));
    await registrar.until(async () => {
      const [row] = await registrar.query<{ id: string | null; actual: string }>(
        'SELECT registration_id AS id, actual FROM registration_state',
      );
      return row?.id === null && (row.actual !== 'absent' || registrar.around.evaluations > 0);
    });
    expect(
      await registrar.query('SELECT 1 FROM registration_state WHERE registration_id IS NOT NULL'),
    ).toEqual([]);
    registrar.around.garbage = undefined;
    await registrar.stopService();
    registrar.extra = { RECONCILIATION_EVERY_SECONDS: '1' };
    await registrar.startService();
    await registrar.until(
      async () =>
        (await registrar.query('SELECT 1 FROM registration_state WHERE registration_id IS NOT NULL'))
          .length === 1,
    );
    expect([...registrar.around.registered]).toEqual(['22222222 Condition']);
  });
});

describe('how registrations stand', () => {
  const claims = { scope: 'registrations:read', organization_ura: '22222222' };
  const status = async (changes: object = {}) =>
    (await (await registrar.request('/registrations/status', { ...claims, ...changes })).json()) as Record<
      string,
      unknown
    >;

  it('is told to its care provider: what is registered, held back, pending and why', async () => {
    await registrar.publish({ available: true, revision: 1, patient: keyOf('999990007') });
    await registrar.settled(1);
    registrar.around.indexStatus = 403;
    await registrar.publish({ available: false, revision: 2, patient: keyOf('999990007') }, ...patients(2));
    await registrar.object('999911120', { facilityType: 'V4' }, 'objects', 1);
    await registrar.until(async () => (await registrar.query('SELECT 1 FROM objection')).length === 1);
    await registrar.publish({ bsn: '999911120', patient: keyOf('999911120'), available: true, revision: 1 });
    await registrar.until(async () => (await failures()).length === 3);
    await registrar.until(async () => (await status())['heldBack'] === 1);
    expect(await status()).toMatchObject({
      organisation: '22222222',
      pending: { registrations: 2, withdrawals: 1, oldestSince: expect.any(String) as string },
      failing: [{ reason: 'The reference index does not allow this', count: 3 }],
    });
    expect(JSON.stringify(await status())).not.toMatch(/999990007|999911120/);
    expect(await status({ organization_ura: '44444444' })).toMatchObject({
      registered: 0,
      pending: { registrations: 0, withdrawals: 0, oldestSince: null },
      failing: [],
    });
  });

  it('tells of the drift that a comparison healed', async () => {
    await registrar.stopService();
    registrar.extra = { RECONCILIATION_EVERY_SECONDS: '1' };
    await registrar.startService();
    await registrar.publish({ available: true, revision: 1 });
    await registrar.settled(1);
    registrar.around.registered.clear();
    registrar.around.hold('22222222 Encounter');
    await registrar.until(() => [...registrar.around.registered].join() === '22222222 Condition');
    await registrar.until(async () => {
      const { reconciliation } = (await status()) as { reconciliation: Record<string, unknown> };
      return reconciliation['registeredAgain'] === 1 && reconciliation['withdrawn'] === 1;
    });
    expect(await status()).toMatchObject({
      registered: 1,
      reconciliation: { finishedAt: expect.any(String) as string, driftAt: expect.any(String) as string },
    });
  });

  it.each([
    ['without the scope', { scope: 'nvi:read' }],
    ['on nobody’s behalf', { organization_ura: undefined }],
  ])('is not told %s', async (_name, changes) => {
    expect((await registrar.request('/registrations/status', { ...claims, ...changes })).status).toBe(403);
  });
});
