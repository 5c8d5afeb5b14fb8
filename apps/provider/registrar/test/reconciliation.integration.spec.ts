import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunningRegistrar } from './running-registrar.js';

let registrar: RunningRegistrar;
beforeEach(async () => {
  registrar = await RunningRegistrar.start();
  await registrar.stopService();
  registrar.extra = { RECONCILIATION_EVERY_SECONDS: '1' };
  await registrar.startService();
  await registrar.publish(
    { category: 'Condition', available: true, revision: 1 },
    { category: 'Patient', available: true, revision: 1 },
  );
  await registrar.settled(2);
});
afterEach(() => registrar.stop());

const names = () => [...registrar.around.registered].sort();
const both = ['22222222 Condition', '22222222 Patient'];

describe('reconciliation with the index', () => {
  it('registers again what the index lost', async () => {
    registrar.around.registered.delete('22222222 Condition');
    await registrar.until(() => names().length === 2);
    expect(names()).toEqual(both);
  });

  it('withdraws what the index holds without ground', async () => {
    registrar.around.hold('22222222 Encounter');
    await registrar.until(() => names().length === 2);
    expect(names()).toEqual(both);
  });

  it('heals both at once, and then leaves the index alone', async () => {
    registrar.around.registered.delete('22222222 Patient');
    registrar.around.hold('22222222 Encounter');
    await registrar.until(() => names().join() === both.join());
    await delay(300);
    const calls = registrar.around.received.length;
    await delay(2_500);
    expect(registrar.around.received).toHaveLength(calls);
  });

  it('follows a registration that goes by another id now', async () => {
    registrar.around.ids.set('22222222 Patient', '00000000-0000-4000-8000-000000000001');
    await registrar.until(async () => {
      const rows = await registrar.query<{ id: string }>(
        `SELECT registration_id AS id FROM registration_state WHERE category = 'Patient'`,
      );
      return rows[0]?.id === '00000000-0000-4000-8000-000000000001';
    });
    expect(names()).toEqual(both);
  });

  it('touches no other custodian’s', async () => {
    registrar.around.hold('44444444 Encounter');
    await delay(2_500);
    expect(names()).toContain('44444444 Encounter');
  });

  it('registers all again when the pseudonymisation key is a new one', async () => {
    const before = registrar.around.received.length;
    registrar.around.outdated = 2;
    await registrar.until(() => registrar.around.received.length > before);
    expect(registrar.around.received.at(-1)?.changes).toEqual(['+Condition', '+Patient']);
    await registrar.settled(2);
  });

  it('names what was registered before it knew ids, without withdrawing it', async () => {
    await registrar.query('UPDATE registration_state SET registration_id = NULL');
    await registrar.until(
      async () =>
        (await registrar.query('SELECT 1 FROM registration_state WHERE registration_id IS NULL')).length ===
        0,
    );
    expect(names()).toEqual(both);
  });
});
