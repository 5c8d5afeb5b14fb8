import assert from 'node:assert/strict';
import { viewUrls } from '@samenhang/data-model';
import { bundleOf, custodiansOf, factsOf, resourcesOf, type Resource } from '../world/fhir.js';
import { Dossier } from '../world/fixtures.js';
import { emergencyPhysician, gp, hospital, patientC } from '../world/people.js';
import type { Scenario } from '../scenario.js';

export const merge: Scenario = {
  id: 21,
  title: 'Merge',
  async story({ given, when, then }, world) {
    await given(
      'hospital Noord has two allergies of C, and the GP has copies under the same identifiers',
      () =>
        world.deliver(
          new Dossier(hospital, patientC, 'c')
            .allergy({ value: 'noord-1' })
            .allergy({ value: 'noord-2', code: '111088007', display: 'Latex', verification: 'confirmed' }),
          new Dossier(gp, patientC, 'c')
            .allergy({ value: 'noord-1' })
            .allergy({ value: 'noord-2', code: '111088007', display: 'Latex', verification: 'refuted' }),
        ),
    );
    await given('they do not agree on the second: confirmed at the hospital, refuted at the GP', () => {});
    const answer = await when('the physician at hospital Noord asks for the summary of C', () =>
      world.view(emergencyPhysician, patientC),
    );
    const bundle = bundleOf(answer);
    const allergies = factsOf(bundle).filter(({ resourceType }) => resourceType === 'AllergyIntolerance');
    const withCode = (code: string): Resource[] =>
      allergies.filter((allergy) => JSON.stringify(allergy['code']).includes(code));
    await then('the first is one entry with both as its sources', () => {
      const [penicillin, ...more] = withCode('373270004');
      assert.ok(penicillin && more.length === 0, `${more.length + 1} entries`);
      assert.deepEqual(custodiansOf(penicillin).sort(), [gp.ura, hospital.ura]);
    });
    await then('both stand in its Provenance', () => {
      const provenances = resourcesOf(bundle, 'Provenance').filter((provenance) => {
        const text = JSON.stringify(provenance);
        return text.includes(gp.ura) && text.includes(hospital.ura);
      });
      assert.notEqual(provenances.length, 0);
    });
    await then('of the second both are kept, and the conflict is flagged', () => {
      const latex = withCode('111088007');
      assert.notEqual(latex.length, 0);
      const flags = latex
        .flatMap(({ meta }) => meta?.tag ?? [])
        .filter(({ system }) => system === viewUrls.viewFlags);
      assert.ok(
        flags.some(({ code }) => code === 'conflict'),
        'No conflict is flagged',
      );
      for (const status of ['confirmed', 'refuted'])
        assert.ok(answer.text.includes(`"${status}"`), `${status} was overwritten`);
    });
  },
};
