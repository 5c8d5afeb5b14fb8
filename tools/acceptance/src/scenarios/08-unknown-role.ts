import assert from 'node:assert/strict';
import { bundleOf, factsOf } from '../world/fhir.js';
import { hospital, nurse, patientB, vos } from '../world/people.js';
import type { Scenario } from '../scenario.js';

export const unknownRole: Scenario = {
  id: 8,
  title: 'Unknown role code',
  async story({ given, when, then }, world) {
    const unknown = await given('a Dezi statement with role 99.999', () =>
      world.dezi.statementWith(vos, { rol_code: '99.999' }),
    );
    const token = await when('a token is asked for with it, and the summary of B', () =>
      world.viewToken(vos, { dezi_statement: unknown }),
    );
    await then('there is no data, for role_unknown', async () => {
      if (token.token === undefined) {
        assert.match(token.description ?? '', /role/);
        return;
      }
      const answer = await world.viewWith(token.token, patientB);
      assert.equal(answer.status, 403);
      assert.match(answer.text, /role_unknown/);
    });
    const otherSource = await given('a statement whose role comes from a register that is not known', () =>
      world.dezi.statementWith(vos, { rol_code_bron: 'http://roles.example/unknown' }),
    );
    const refused = await when('a token is asked for with it', () =>
      world.viewToken(vos, { dezi_statement: otherSource }),
    );
    await then('it is refused', () => assert.equal(refused.error, 'invalid_grant'));
    const id = await given('a nurse, role 30.000, whose row in the matrix has no laboratory results', () =>
      world.patientIdAt(nurse, hospital, patientB),
    );
    const laboratory = await when('the nurse asks hospital Noord for laboratory results of B', () =>
      world.askHolder(nurse, hospital, { path: `Observation?patient=Patient/${id}&category=laboratory` }),
    );
    await then('that category is refused with 403', () =>
      assert.equal(laboratory.status, 403, laboratory.text),
    );
    const problems = await when('the nurse asks for the problems of B', () =>
      world.askHolder(nurse, hospital, { path: `Condition?patient=Patient/${id}` }),
    );
    await then('those are given', () => {
      assert.equal(problems.status, 200, problems.text);
      assert.notEqual(factsOf(bundleOf(problems)).length, 0);
    });
    const view = await when('the nurse asks for the summary of B', () => world.view(nurse, patientB));
    await then('what is allowed is returned, and no laboratory result', () => {
      assert.equal(view.status, 200, view.text);
      const facts = factsOf(bundleOf(view));
      assert.ok(facts.some(({ resourceType }) => resourceType === 'Condition'));
      assert.ok(!JSON.stringify(facts).includes('14749-6'), 'A laboratory result is shown');
    });
  },
};
