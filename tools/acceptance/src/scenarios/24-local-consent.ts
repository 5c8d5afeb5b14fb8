import assert from 'node:assert/strict';
import { identifierSystems } from '@samenhang/data-model';
import { bundleOf, factsOf, type Answer } from '../world/fhir.js';
import { furtherPatient, gp, hospital, vos } from '../world/people.js';
import { Dossier } from '../world/fixtures.js';
import type { Scenario } from '../scenario.js';

const atMitz = furtherPatient(6);
const atHospitalOnly = furtherPatient(32);
const consents = `/tenants/${hospital.ura}/consents`;

const practice = {
  role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] },
  reference: { identifier: { system: identifierSystems.ura, value: gp.ura } },
};

function consent(bsn: string, provision: object, status = 'active'): object {
  return {
    resourceType: 'Consent',
    status,
    scope: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
    },
    category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
    policyRule: { text: 'Told at the desk' },
    patient: { identifier: { system: identifierSystems.bsn, value: bsn } },
    organization: [{ identifier: { system: identifierSystems.ura, value: hospital.ura } }],
    provision: { actor: [practice], ...provision },
  };
}

export const localConsent: Scenario = {
  id: 24,
  title: 'Local consent',
  async story({ given, when, then }, world) {
    const ask = (path: string, body: object, ifMatch?: string): Promise<Answer> =>
      world.call('record', 'record:admin', path, {
        method: ifMatch === undefined ? 'POST' : 'PUT',
        organisation: hospital.ura,
        type: 'application/fhir+json',
        body,
        ...(ifMatch === undefined ? {} : { headers: { 'if-match': ifMatch } }),
      });
    const keep = async (bsn: string, provision: object): Promise<string> => {
      const answer = await ask(consents, consent(bsn, provision));
      assert.equal(answer.status, 201, answer.text);
      return (JSON.parse(answer.text) as { id: string }).id;
    };
    const end = async (bsn: string, id: string, provision: object): Promise<void> => {
      const answer = await ask(`${consents}/${id}`, consent(bsn, provision, 'inactive'), 'W/"1"');
      assert.equal(answer.status, 200, answer.text);
    };
    const conditions = (patient: string): Promise<Answer> =>
      world.askHolder(vos, hospital, { path: `Condition?patient=Patient/${patient}` });

    await given('a patient of hospital Noord with a permit at Mitz', async () => {
      await world.consent.permitEverywhere(atMitz);
      await world.deliver(new Dossier(hospital, atMitz, 'local').condition());
      assert.equal((await world.findPatient(vos, hospital, atMitz)).status, 200);
    });
    await when('the patient tells the hospital not to let GP Zonneweg in', () =>
      keep(atMitz, { type: 'deny' }),
    );
    await then('a permit for the holder and a denial for who asks make a denial', async () => {
      const answer = await world.findPatient(vos, hospital, atMitz);
      assert.equal(answer.status, 403, answer.text);
    });

    await given('another patient, of whom Mitz knows nothing', () =>
      world.deliver(
        new Dossier(hospital, atHospitalOnly, 'desk').condition().condition('38341003', 'Hypertension'),
      ),
    );
    await when('the hospital has a permit that is expired', () =>
      keep(atHospitalOnly, { type: 'permit', period: { start: '2025-01-01', end: '2025-12-31' } }),
    );
    const look = (): Promise<Answer> => world.findPatient(vos, hospital, atHospitalOnly);
    await then('it is ignored', async () => assert.equal((await look()).status, 403));
    const permit = await when('it has one that is in force', () => keep(atHospitalOnly, { type: 'permit' }));
    const patient = await then('that opens the record', () =>
      world.patientIdAt(vos, hospital, atHospitalOnly),
    );
    const all = factsOf(bundleOf(await conditions(patient)));
    await then('and both Conditions in it', () => assert.equal(all.length, 2));
    const tie = await when('an objection is put beside it, equally exact', () =>
      keep(atHospitalOnly, { type: 'deny' }),
    );
    await then('a tie is a denial', async () => assert.equal((await look()).status, 403));

    const [one, other] = all.map(({ id = '' }) => `Condition/${id}`);
    const data = [{ meaning: 'instance', reference: { reference: one } }];
    await when('both are ended, and a permit is given for one resource', async () => {
      await end(atHospitalOnly, tie, { type: 'deny' });
      await end(atHospitalOnly, permit, { type: 'permit' });
      await keep(atHospitalOnly, { type: 'permit', data });
    });
    await then('it opens that one, and not the other', async () => {
      assert.equal((await world.askHolder(vos, hospital, { path: one ?? '' })).status, 200);
      assert.equal((await world.askHolder(vos, hospital, { path: other ?? '' })).status, 403);
      const found = factsOf(bundleOf(await conditions(patient)));
      assert.deepEqual(
        found.map(({ id }) => `Condition/${id}`),
        [one],
      );
    });
  },
};
