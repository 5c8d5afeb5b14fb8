import assert from 'node:assert/strict';
import { getUra } from '@samenhang/data-model';
import { bundleOf, custodiansOf, factsOf, sourcesOf } from '../world/fhir.js';
import { Dossier } from '../world/fixtures.js';
import { furtherPatient, hospital, vos, type Provider } from '../world/people.js';
import { OwnServer } from '../world/own-server.js';
import type { Scenario } from '../scenario.js';

const bsn = furtherPatient(33);
const clinic: Provider = { ura: getUra('55555555'), name: 'Clinic Zuid', type: 'V4', source: 'epd' };

/** The first way of connection, for a server that has no guard and speaks STU3. */
export const ownServer: Scenario = {
  id: 35,
  title: 'Own FHIR server (BgZ 2017)',
  async story({ given, when, then }, world) {
    const server = await given('a clinic keeps its data at its own server, in STU3 of BgZ 2017', () =>
      OwnServer.connect(world, clinic, bsn),
    );
    await given(
      'it is in the address book, the patient permits, and hospital Noord has data too',
      async () => {
        await world.addressBook.enterAtRecord(clinic);
        for (const holder of [clinic, hospital])
          await world.consent.record({ bsn, holder, decision: 'permit' });
        await world.deliver(new Dossier(hospital, bsn, 'z').condition());
      },
    );
    const enrolled = await when('the clinic says that this patient is to be found there', () =>
      world.call('record', 'record:admin', `/tenants/${clinic.ura}/direct-patients`, {
        method: 'PUT',
        body: { bsn },
        organisation: clinic.ura,
      }),
    );
    await then('what its server has is registered, by category', async () => {
      assert.equal(enrolled.status, 200, enrolled.text);
      assert.deepEqual(JSON.parse(enrolled.text), { categories: ['AllergyIntolerance', 'Condition'] });
      await world.settle();
    });
    const view = await when('Dr. Vos asks for the patient summary', () => world.view(vos, bsn));
    await then('the facts of the clinic are in it, in nl-core, attributed to the clinic', () => {
      assert.equal(view.status, 200, view.text);
      assert.equal(sourcesOf(bundleOf(view)).get(clinic.ura), 'ok');
      const facts = factsOf(bundleOf(view)).filter((fact) => custodiansOf(fact).includes(clinic.ura));
      assert.deepEqual(facts.map(({ resourceType }) => resourceType).sort(), [
        'AllergyIntolerance',
        'Condition',
        'Patient',
      ]);
      for (const fact of facts) assert.match(JSON.stringify(fact.meta), /nl-core-/);
    });
    await then('nothing of it is kept', async () => {
      const stored = await world.installation.query('SELECT 1 FROM record.resource WHERE tenant = $1', [
        clinic.ura,
      ]);
      assert.equal(stored.length, 0);
    });
    await given('the server of the clinic is down', () => server.stop());
    const without = await when('Dr. Vos asks again', () => world.view(vos, bsn));
    await then('she gets what the hospital has, and the clinic is named as unreachable', () => {
      assert.deepEqual([...sourcesOf(bundleOf(without))].sort(), [
        [hospital.ura, 'ok'],
        [clinic.ura, 'unreachable'],
      ]);
    });
    await server.disconnect();
  },
};
