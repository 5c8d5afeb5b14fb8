import assert from 'node:assert/strict';
import { gp, nursingHome } from '../world/people.js';
import type { Scenario } from '../scenario.js';

export const sync: Scenario = {
  id: 18,
  title: 'Sync robustness',
  async story({ given, when, then }, world) {
    await given('the address book keeps a history by which replicas follow it (IHE ITI-91)', async () => {
      await world.addressBook.enterAtRecord(nursingHome);
    });
    const answer = await when('the history of organisations is asked for', () =>
      world.addressBook.read('Organization/_history?_since=2026-01-01T00:00:00Z', gp),
    );
    await then('it is given', () => {
      assert.equal(answer.status, 200, answer.text);
      assert.match(answer.text, /"type":"history"/);
    });
    await then('an update client that is killed at page 3 of 10 ends with the same replica', () =>
      assert.fail('No update client follows it yet'),
    );
  },
};
