import assert from 'node:assert/strict';
import { bundleOf, factsOf, outcomeOf } from '../world/fhir.js';
import { furtherPatient, vos } from '../world/people.js';
import type { Scenario } from '../scenario.js';

const unknown = furtherPatient(9);

export const emptyLocalisation: Scenario = {
  id: 34,
  title: 'Empty localisation',
  async story({ given, when, then }, world) {
    await given('a person of whom no holder registered anything', () => assert.ok(unknown));
    const answer = await when('Dr. Vos asks for the patient summary', () => world.view(vos, unknown));
    await then('the answer is 200 and empty', () => {
      assert.equal(answer.status, 200, answer.text);
      assert.deepEqual(factsOf(bundleOf(answer)), []);
    });
    await then('it says that no registrations were found, never that there is no data', () => {
      const texts = (outcomeOf(bundleOf(answer)).issue ?? []).map(({ diagnostics = '' }) => diagnostics);
      assert.ok(
        texts.some((text) => /no registrations found/i.test(text)),
        texts.join(),
      );
      assert.doesNotMatch(answer.text, /no data/i);
    });
  },
};
