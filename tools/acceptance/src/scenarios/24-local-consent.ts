import assert from 'node:assert/strict';
import { identifierSystems } from '@samenhang/data-model';
import { furtherPatient, gp, hospital, vos } from '../world/people.js';
import { Dossier } from '../world/fixtures.js';
import type { Scenario } from '../scenario.js';

const bsn = furtherPatient(6);

export const localConsent: Scenario = {
  id: 24,
  title: 'Local consent',
  async story({ given, when, then }, world) {
    await given('a patient of hospital Noord with a permit at Mitz', async () => {
      await world.consent.permitEverywhere(bsn);
      await world.deliver(new Dossier(hospital, bsn, 'local').condition());
      assert.equal((await world.findPatient(vos, hospital, bsn)).status, 200);
    });
    const recorded = await when('the patient tells the hospital not to let GP Zonneweg in', () =>
      world.call('record', 'record:admin', `/tenants/${hospital.ura}/consents`, {
        method: 'POST',
        organisation: hospital.ura,
        type: 'application/fhir+json',
        body: {
          resourceType: 'Consent',
          status: 'active',
          scope: {
            coding: [
              { system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' },
            ],
          },
          patient: { identifier: { system: identifierSystems.bsn, value: bsn } },
          organization: [{ identifier: { system: identifierSystems.ura, value: hospital.ura } }],
          provision: {
            type: 'deny',
            actor: [{ reference: { identifier: { system: identifierSystems.ura, value: gp.ura } } }],
          },
        },
      }),
    );
    await then('the hospital records it as a local consent', () =>
      assert.ok([200, 201].includes(recorded.status), `${recorded.status} ${recorded.text}`),
    );
    const answer = await when('Dr. Vos asks', () => world.findPatient(vos, hospital, bsn));
    await then('a permit for the holder and a denial for who asks make a denial', () =>
      assert.equal(answer.status, 403, answer.text),
    );
    await then('an expired permit is ignored, a tie is a denial, one Composition opens no other', () =>
      assert.fail('Consents of the holder with period, ties and single resources are not told here yet'),
    );
  },
};
