import assert from 'node:assert/strict';
import { identifierSystems } from '@samenhang/data-model';
import { hospital, patientA, patientB, vos } from '../world/people.js';
import type { HolderRequest } from '../world/world.js';
import type { Scenario } from '../scenario.js';

const bsnOf = (bsn: string): string => `${identifierSystems.bsn}|${bsn}`;

export const wideningAttempts: Scenario = {
  id: 25,
  title: 'Widening attempts',
  // After the search for leaks: some of these attempts put a number where it may not be.
  turn: 'last',
  async story({ given, when, then }, world) {
    const a = await world.patientIdAt(vos, hospital, patientA);
    const b = await world.patientIdAt(vos, hospital, patientB);
    const { token } = await given('Dr. Vos has a good token for hospital Noord', () =>
      world.holderToken(vos, hospital),
    );
    assert.ok(token);
    const foreign = {
      resourceType: 'Bundle',
      type: 'batch',
      entry: [{ request: { method: 'GET', url: `Condition?patient=Patient/${b}` } }],
    };
    const attempts: readonly (readonly [string, HolderRequest])[] = [
      ['two patients with a comma', { path: `Condition?patient=Patient/${a},Patient/${b}` }],
      ['the patient twice', { path: `Condition?patient=Patient/${a}&patient=Patient/${b}` }],
      ['_revinclude=*', { path: `Condition?patient=Patient/${a}&_revinclude=*` }],
      ['_include=*', { path: `Condition?patient=Patient/${a}&_include=*` }],
      ['a chain', { path: `Condition?subject:Patient.identifier=${encodeURIComponent(bsnOf(patientB))}` }],
      ['no patient at all', { path: 'Condition' }],
      [
        '_id and another patient',
        { path: `Patient?_id=${a}&identifier=${encodeURIComponent(bsnOf(patientB))}` },
      ],
      ['an encoded path', { path: `Condition/%2e%2e/%2e%2e/33333333/fhir/Condition?patient=Patient/${b}` }],
      [
        'a body that differs from the URL',
        {
          method: 'POST',
          path: `Condition/_search?patient=Patient/${a}`,
          form: [['patient', `Patient/${b}`]],
        },
      ],
      [
        'X-HTTP-Method-Override',
        {
          method: 'POST',
          path: `Condition?patient=Patient/${b}`,
          form: [],
          headers: { 'x-http-method-override': 'GET' },
        },
      ],
      ['_query', { path: `Condition?patient=Patient/${a}&_query=everything` }],
      ['_has', { path: `Condition?patient=Patient/${a}&_has:Observation:patient:code=x` }],
      ['_filter', { path: `Condition?patient=Patient/${a}&_filter=id+ne+x` }],
    ];
    for (const [what, request] of attempts) {
      const answer = await when(`the request is widened with ${what}`, () =>
        world.askHolderWith(token, hospital, request),
      );
      await then('it is refused, and there is no data in the answer', () =>
        assertRefused(answer.status, answer.text),
      );
    }
    const batch = await when('a batch Bundle asks for another patient', async () => {
      const url = world.holderBase(hospital);
      const proof = await token.proofKey.prove('POST', url, token.accessToken);
      return fetch(url, {
        method: 'POST',
        headers: {
          authorization: `DPoP ${token.accessToken}`,
          dpop: proof,
          'content-type': 'application/fhir+json',
        },
        body: JSON.stringify(foreign),
      });
    });
    await then('it is refused', async () => assertRefused(batch.status, await batch.text()));
    const { token: viewToken } = await world.viewToken(vos);
    assert.ok(viewToken);
    const twoPatients = await when('the query API is asked about two patients at once', async () => {
      const url = `${world.urlOf('query-api')}/fhir/Patient/$everything`;
      const proof = await viewToken.proofKey.prove('POST', url, viewToken.accessToken);
      return fetch(url, {
        method: 'POST',
        headers: {
          authorization: `DPoP ${viewToken.accessToken}`,
          dpop: proof,
          'content-type': 'application/fhir+json',
        },
        body: JSON.stringify({
          resourceType: 'Parameters',
          parameter: [patientA, patientB].map((value) => ({
            name: 'patient',
            valueIdentifier: { system: identifierSystems.bsn, value },
          })),
        }),
      });
    });
    await then('it is refused', async () => assertRefused(twoPatients.status, await twoPatients.text()));
  },
};

/** 404 and 405 are routes that do not exist: nothing was interpreted and no data was given. */
function assertRefused(status: number, text: string): void {
  assert.ok([400, 403, 404, 405].includes(status), `${status} ${text}`);
  assert.ok(!text.includes('"resourceType":"Bundle"'), 'It holds data');
}
