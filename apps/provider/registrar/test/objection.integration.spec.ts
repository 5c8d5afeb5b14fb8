import { setTimeout as delay } from 'node:timers/promises';
import { getUra } from '@samenhang/data-model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyOf, RunningRegistrar } from './running-registrar.js';
import { nameOf } from './surroundings.js';

const bsn = '999990007';
const other = '999911120';
const hospital = { ura: getUra('22222222') };
const hospitals = { facilityType: 'V4' };

let registrar: RunningRegistrar;
beforeEach(async () => {
  registrar = await RunningRegistrar.start();
});
afterEach(() => registrar.stop());

const persons = () => [...registrar.around.persons].sort();
const held = (citizen: string, tenant = '22222222', revision = 1, available = true) => ({
  bsn: citizen,
  patient: keyOf(citizen, tenant),
  tenant,
  available,
  revision,
});
const registered = (citizen: string, tenant = '22222222') => nameOf(tenant, 'Condition', citizen);
const becomes = async (...expected: string[]) =>
  registrar.until(() => persons().join() === expected.sort().join());

describe('a patient who objects to being found', () => {
  it('is withdrawn there and nowhere else, and registered again when the objection is withdrawn', async () => {
    await registrar.publish(held(bsn), held(bsn, '44444444'), held(other));
    await becomes(registered(bsn), registered(bsn, '44444444'), registered(other));
    await registrar.object(bsn, hospital, 'objects', 1);
    await becomes(registered(bsn, '44444444'), registered(other));
    await registrar.object(bsn, hospital, 'none', 2);
    await becomes(registered(bsn), registered(bsn, '44444444'), registered(other));
  });

  it('before anything is held is not registered when it comes', async () => {
    await registrar.object(bsn, hospital, 'objects', 1);
    await registrar.until(
      async () => (await registrar.query('SELECT 1 FROM objection WHERE objects')).length === 1,
    );
    await registrar.publish(held(bsn), held(other));
    await becomes(registered(other));
    await delay(200);
    expect(persons()).toEqual([registered(other)]);
    await registrar.object(bsn, hospital, 'none', 2);
    await becomes(registered(bsn), registered(other));
  });

  it('and of whom nothing is held any more stays away when the objection is withdrawn', async () => {
    await registrar.publish(held(bsn));
    await becomes(registered(bsn));
    await registrar.object(bsn, hospital, 'objects', 1);
    await becomes();
    await registrar.publish(held(bsn, '22222222', 2, false));
    await registrar.object(bsn, hospital, 'none', 2);
    await registrar.settled(1);
    await delay(200);
    expect(persons()).toEqual([]);
    expect(await registrar.query('SELECT 1 FROM registration_state WHERE sealed_bsn IS NOT NULL')).toEqual(
      [],
    );
  });

  it('of a type of care providers concerns each of that type, but for those with a choice of their own', async () => {
    await registrar.publish(held(bsn), held(bsn, '44444444'));
    await becomes(registered(bsn), registered(bsn, '44444444'));
    await registrar.object(bsn, hospitals, 'objects', 1);
    await becomes(registered(bsn, '44444444'));
    await registrar.object(bsn, hospital, 'permits', 2);
    await becomes(registered(bsn), registered(bsn, '44444444'));
    await registrar.object(bsn, hospital, 'objects', 3);
    await registrar.object(bsn, hospitals, 'permits', 4);
    await becomes(registered(bsn, '44444444'));
  });

  it('is not overruled by an older choice that arrives late', async () => {
    await registrar.publish(held(bsn));
    await registrar.object(bsn, hospital, 'objects', 5);
    await registrar.object(bsn, hospital, 'none', 4);
    await registrar.publish(held(other));
    await becomes(registered(other));
  });

  it('is withdrawn when the index is back, if it was away', async () => {
    await registrar.publish(held(bsn));
    await becomes(registered(bsn));
    registrar.around.indexStatus = 503;
    await registrar.object(bsn, hospital, 'objects', 1);
    await registrar.until(async () => (await registrar.status()).counts.pending === 1);
    registrar.around.indexStatus = undefined;
    await becomes();
  });

  it('is not registered again by the comparison with the index', async () => {
    await registrar.stopService();
    registrar.extra = { RECONCILIATION_EVERY_SECONDS: '1' };
    await registrar.startService();
    await registrar.publish(held(bsn));
    await becomes(registered(bsn));
    await registrar.object(bsn, hospital, 'objects', 1);
    await becomes();
    const before = registrar.around.received.length;
    await delay(2_500);
    expect(registrar.around.received).toHaveLength(before);
  });

  it('of a care provider that is not of this node is none of its business', async () => {
    await registrar.object(bsn, { ura: getUra('33333333') }, 'objects', 1);
    await registrar.object(other, hospital, 'objects', 1);
    await registrar.until(async () => (await registrar.query('SELECT 1 FROM objection')).length > 0);
    await delay(200);
    expect(await registrar.query('SELECT tenant FROM objection')).toEqual([{ tenant: '22222222' }]);
  });
});

describe('wish and objection at the same moment', () => {
  it('neither misses the other', async () => {
    const citizens = ['900186021', '999901370', '999911120', '999990007'];
    for (const citizen of citizens) {
      await registrar.publish(held(citizen));
      await registrar.object(citizen, hospital, 'objects', 1);
    }
    await registrar.until(
      async () =>
        (await registrar.query('SELECT 1 FROM registration_state WHERE objected')).length === citizens.length,
    );
    await becomes();
  });
});
