import assert from 'node:assert/strict';
import { bundleOf, sourcesOf } from '../world/fhir.js';
import { nurse, nursingHome, patientB, vos } from '../world/people.js';
import type { Scenario } from '../scenario.js';

export const providerStops: Scenario = {
  id: 28,
  title: 'Provider stops / bankrupt',
  async story({ given, when, then }, world) {
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
      const token = await when('a nurse of the nursing home asks for a token', () => world.viewToken(nurse));
      await then('it is refused', () =>
        assert.ok(token.token === undefined, 'The authorisation server still gives tokens'),
      );
      await then('a mandated party can purge its registrations, and pending Tasks to it fail clearly', () =>
        assert.fail('There are neither Tasks nor a purge by mandate yet'),
      );
    } finally {
      await world.addressBook.enterAtRecord(nursingHome);
    }
  },
};
