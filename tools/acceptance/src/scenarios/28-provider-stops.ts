import assert from 'node:assert/strict';
import { identifierSystems } from '@samenhang/data-model';
import { eventually } from '../world/eventually.js';
import { bundleOf, sourcesOf, type Answer } from '../world/fhir.js';
import { hospital, nurse, nursingHome, patientB, vos } from '../world/people.js';
import { TransferDesk } from '../world/transfer-desk.js';
import type { Scenario } from '../scenario.js';

/** The client of a party with a mandate to wind up care providers. */
const WINDING_UP = 'winding-up';

export const providerStops: Scenario = {
  id: 28,
  title: 'Provider stops / bankrupt',
  turn: 'last',
  async story({ given, when, then }, world) {
    const desk = new TransferDesk(world);
    const offered = await given('hospital Noord offers it a handover of B', () =>
      desk.own(hospital, 'POST', 'transfers', {
        kind: 'nursing-handover',
        patient: { system: identifierSystems.bsn, value: patientB },
        receivers: [nursingHome.ura],
        until: '2099-01-31',
        offered: ['Condition'],
      }),
    );
    const { transfer } = JSON.parse(offered.text) as { transfer: string };
    // The clock is moved next: what is under way then would be too old.
    await eventually(async () => {
      const { text } = await desk.own(hospital, 'GET', `transfers/${transfer}`);
      assert.ok(text.includes('"deliveredAt":"'), text);
    }, 60_000);
    try {
      await given('nursing home De Linde is inactive in the address book', () =>
        world.addressBook.enterAtRecord(nursingHome, false),
      );
      const answer = await when('an interval later Dr. Vos asks for the summary of B', () => {
        world.clock.advance(15 * 60_000);
        return world.view(vos, patientB);
      });
      await then('the nursing home is not addressable', () =>
        assert.equal(sourcesOf(bundleOf(answer)).get(nursingHome.ura), 'no-endpoint'),
      );
      await then('the pending Task to it fails, and says why', () =>
        eventually(async () => {
          const { text } = await desk.own(hospital, 'GET', `transfers/${transfer}`);
          const { tasks } = JSON.parse(text) as { tasks: { status: string; statusReason?: string }[] };
          assert.equal(tasks[0]?.status, 'failed', text);
          assert.match(tasks[0].statusReason ?? '', /not addressable|no endpoint/);
        }, 60_000),
      );
      const token = await when('a nurse of the nursing home asks for a token', () => world.viewToken(nurse));
      await then('it is refused', () =>
        assert.ok(token.token === undefined, 'The authorisation server still gives tokens'),
      );
      const purge = (path: string, body?: object): Promise<Answer> =>
        world.callAs(WINDING_UP, 'reference-index', 'nvi:purge', `/registrations/purge${path}`, {
          method: 'POST',
          organisation: nursingHome.ura,
          ...(body === undefined ? {} : { body }),
        });
      await then('a mandated party purges its registrations', async () => {
        const announced = await purge('');
        assert.equal(announced.status, 202, announced.text);
        const { confirmation, registrations } = JSON.parse(announced.text) as {
          confirmation: string;
          registrations: number;
        };
        assert.ok(registrations > 0, 'It has no registrations');
        const confirmed = await purge('/confirm', { confirmation, registrations });
        assert.equal(confirmed.status, 200, confirmed.text);
        assert.deepEqual(JSON.parse(confirmed.text), { withdrawn: registrations });
      });
    } finally {
      await world.addressBook.enterAtRecord(nursingHome, true, WINDING_UP);
    }
  },
};
