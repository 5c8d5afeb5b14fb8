import assert from 'node:assert/strict';
import { Dossier } from '../world/fixtures.js';
import { furtherPatient, hospital, vos } from '../world/people.js';
import type { Scenario } from '../scenario.js';

const silent = furtherPatient(30);
const objecting = furtherPatient(31);

export const optOutRegime: Scenario = {
  id: 3,
  title: 'Opt-out (EHDS, primary)',
  turn: 'years later',
  async story({ given, when, then }, world) {
    await given('two patients of hospital Noord who never recorded anything at Mitz', () =>
      world.deliver(
        new Dossier(hospital, silent, 'silent').condition(),
        new Dossier(hospital, objecting, 'objecting').condition(),
      ),
    );
    const before = await when('Dr. Vos asks on 2029-03-25, the last day of opt-in', () => {
      world.clock.set('2029-03-25T10:00:00Z');
      return world.findPatient(vos, hospital, silent);
    });
    await then('without a record the answer is no', () => assert.equal(before.status, 403, before.text));
    await given('the regime for treatment is opt-out from 2029-03-26, and one of them opts out', async () => {
      world.clock.set('2029-03-27T10:00:00Z');
      await world.consent.record({ bsn: objecting, holder: hospital, decision: 'deny' });
    });
    const optedOut = await when('Dr. Vos asks about who opted out', () =>
      world.findPatient(vos, hospital, objecting),
    );
    await then('the answer is no', () => assert.equal(optedOut.status, 403, optedOut.text));
    const without = await when('Dr. Vos asks about who recorded nothing', () =>
      world.findPatient(vos, hospital, silent),
    );
    await then('the answer is yes', () => assert.equal(without.status, 200, without.text));
  },
};
