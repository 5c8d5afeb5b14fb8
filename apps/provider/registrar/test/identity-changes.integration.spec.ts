import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyOf, RunningRegistrar } from './running-registrar.js';
import { nameOf } from './surroundings.js';

const right = '999990007';
const wrong = '999911120';
const wrongCondition = nameOf('22222222', 'Condition', wrong);
const rightCondition = nameOf('22222222', 'Condition', right);

let registrar: RunningRegistrar;
beforeEach(async () => {
  registrar = await RunningRegistrar.start();
});
afterEach(() => registrar.stop());

const persons = () => [...registrar.around.persons].sort();
const wish = (bsn: string, available: boolean, revision: number, category?: 'Patient') => ({
  bsn,
  patient: keyOf(bsn),
  available,
  revision,
  ...(category === undefined ? {} : { category }),
});

async function settle(rows: number, expected: readonly string[]): Promise<void> {
  const names = [...expected].sort().join();
  await registrar.until(() => persons().join() === names);
  await registrar.settled(rows);
  expect(persons().join()).toBe(names);
}

describe('a BSN that is corrected', () => {
  it('moves the registration in one request: never both, and the wrong one gone', async () => {
    await registrar.publish(wish(wrong, true, 1));
    await settle(1, [wrongCondition]);
    await registrar.publish(wish(right, true, 1), wish(wrong, false, 2));
    await settle(2, [rightCondition]);
    expect(registrar.around.history).toEqual([[wrongCondition], [rightCondition]]);
  });

  it('leaves what the person of the wrong BSN has there of their own', async () => {
    const own = nameOf('22222222', 'Patient', wrong);
    await registrar.publish(wish(wrong, true, 1), wish(wrong, true, 1, 'Patient'));
    await settle(2, [wrongCondition, own]);
    await registrar.publish(wish(wrong, false, 2), wish(right, true, 1));
    await settle(3, [rightCondition, own]);
  });

  it('does not register the right one before the wrong one is gone, however long the index is away', async () => {
    await registrar.publish(wish(wrong, true, 1));
    await settle(1, [wrongCondition]);
    registrar.around.indexStatus = 503;
    await registrar.publish(wish(right, true, 1));
    await registrar.publish(wish(wrong, false, 2));
    await registrar.until(async () => (await registrar.status()).counts.pending === 2);
    registrar.around.indexStatus = undefined;
    await settle(2, [rightCondition]);
    for (const state of registrar.around.history) expect(state).toHaveLength(1);
  });

  it('withdraws first, also when there is far more to do than goes in one request', async () => {
    await registrar.publish(wish(wrong, true, 1));
    await settle(1, [wrongCondition]);
    registrar.around.indexStatus = 503;
    const many = Array.from({ length: 200 }, (_, index) => ({
      patient: index.toString(16).padStart(32, '0'),
      bsn: right,
      available: true,
      revision: 1,
    }));
    await registrar.publish(...many, wish(wrong, false, 2));
    await registrar.until(async () => (await registrar.status()).counts.pending === 201);
    registrar.around.indexStatus = undefined;
    registrar.around.history.length = 0;
    await registrar.settled(201);
    expect(registrar.around.history[0]).not.toContain(wrongCondition);
    for (const state of registrar.around.history) expect(state).not.toContain(wrongCondition);
  });

  it('that turns out to have been right after all: back again', async () => {
    await registrar.publish(wish(wrong, true, 1));
    await registrar.publish(wish(wrong, false, 2), wish(right, true, 1));
    await registrar.publish(wish(right, false, 2), wish(wrong, true, 3));
    await settle(2, [wrongCondition]);
  });
});

describe('Patients that are merged', () => {
  it('the registrations of the replaced BSN go, those of the survivor stay as they are', async () => {
    const replaced = nameOf('22222222', 'Patient', wrong);
    const survivor = nameOf('22222222', 'Patient', right);
    await registrar.publish(
      wish(wrong, true, 1),
      wish(wrong, true, 1, 'Patient'),
      wish(right, true, 1, 'Patient'),
    );
    await settle(3, [wrongCondition, replaced, survivor]);
    await registrar.publish(wish(wrong, false, 2), wish(wrong, false, 2, 'Patient'), wish(right, true, 1));
    await settle(4, [rightCondition, survivor]);
    const changes = registrar.around.received.at(-1)?.changes;
    expect(changes).toEqual(expect.arrayContaining(['-Condition', '-Patient', '+Condition']));
    expect(changes).not.toContain('+Patient');
  });

  it('and taken apart again: both are registered as before', async () => {
    await registrar.publish(wish(wrong, true, 1), wish(right, true, 1));
    await registrar.publish(wish(wrong, false, 2));
    await settle(2, [rightCondition]);
    await registrar.publish(wish(wrong, true, 3));
    await settle(2, [rightCondition, wrongCondition]);
  });
});
