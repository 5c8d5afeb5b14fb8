import assert from 'node:assert/strict';
import { identifierSystems } from '@samenhang/data-model';
import { hospital, patientA, patientB, vos } from '../world/people.js';
import type { Scenario } from '../scenario.js';

/** Where a question goes next: evaluation, localisation, addresses, holders, consent. */
const READ_PATH = /^\/(oprf|localize|tenants|geslotenautorisatievraag|fhir\/(List|Organization|Endpoint))/;

export const noTreatmentRelation: Scenario = {
  id: 6,
  title: 'No treatment relation',
  async story({ given, when, then }, world) {
    const parameters = { patient_enrollment_identifier: `${identifierSystems.bsn}|${patientB}` };
    const { token } = await given('Dr. Vos has a token that is for patient B alone', () =>
      world.viewToken(vos, parameters),
    );
    assert.ok(token, 'No token');
    await given('with it the summary of B can be had', async () => {
      assert.equal((await world.viewWith(token, patientB)).status, 200);
    });
    const before = world.traffic.length;
    const answer = await when('the summary of A is asked for with it', () => world.viewWith(token, patientA));
    await then('the answer is 403, no_treatment_relation', () => {
      assert.equal(answer.status, 403, answer.text);
      assert.match(answer.text, /no_treatment_relation/);
    });
    await then('nothing was asked downstream, Mitz neither', () => {
      const asked = world.traffic
        .since(before)
        .filter(({ side, url }) => side === 'server' && READ_PATH.test(url))
        .map(({ url }) => url);
      assert.deepEqual(asked, []);
    });
    const direct = await when('hospital Noord is asked about A with such a token', () =>
      world.findPatient(vos, hospital, patientA, parameters),
    );
    await then('it refuses as well', () => assert.equal(direct.status, 403, direct.text));
  },
};
