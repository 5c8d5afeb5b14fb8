import assert from 'node:assert/strict';
import { identifierSystems } from '@samenhang/data-model';
import { eventually } from '../world/eventually.js';
import { bundleOf, sourcesOf } from '../world/fhir.js';
import { hospital, nurse, nursingHome, patientB, vos } from '../world/people.js';
import { TransferDesk } from '../world/transfer-desk.js';
import type { Scenario } from '../scenario.js';

export const providerStops: Scenario = {
  id: 28,
  title: 'Provider stops / bankrupt',
  async story({ given, when, then }, world) {
    const desk = new TransferDesk(world);
    const offered = await given('hospital Noord offers it a handover of B', () =>
      desk.own(hospital, 'POST', 'transfers', {
        kind: 'nursing-handover',
        patient: { system: identifierSystems.bsn, value: patientB },
        receivers: [nursingHome.ura],
        until: '2027-01-31',
        offered: ['Condition'],
      }),
    );
    const { transfer } = JSON.parse(offered.text) as { transfer: string };
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
      await then('a mandated party can purge its registrations', () =>
        assert.fail('This scenario does not tell of the purge by mandate yet'),
      );
    } finally {
      await world.addressBook.enterAtRecord(nursingHome);
    }
  },
};
