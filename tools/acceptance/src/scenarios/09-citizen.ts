import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identifierSystems, type Ura } from '@samenhang/data-model';
import type { BoundToken } from '@samenhang/identity';
import { CitizenBrowser } from '../world/citizen-browser.js';
import { bundleOf, resourcesOf, type Answer } from '../world/fhir.js';
import { hospital, patientA, patientB } from '../world/people.js';
import type { TokenAnswer } from '../world/token-desk.js';
import type { World } from '../world/world.js';
import type { Scenario } from '../scenario.js';

const MITZ = /^\/geslotenautorisatievraag/;

export const citizen: Scenario = {
  id: 9,
  title: 'Citizen / PGO',
  turn: 'later',
  async story({ given, when, then }, world) {
    const browser = new CitizenBrowser(world.urlOf('authorisation-server'));
    const code = await given('patient B logged in and consented to collecting at hospital Noord', async () =>
      browser.consent(await browser.logIn(patientB, hospital.ura)),
    );
    assert.ok(code, 'No code');
    const redeemed = await when('the application exchanges the code', () =>
      redeem(world, browser, code, hospital.ura),
    );
    const { token } = redeemed;
    assert.ok(token, `No token: ${redeemed.error ?? ''} ${redeemed.description ?? ''}`);
    const before = world.traffic.length;
    const numbers = { 'MedMij-Request-ID': randomUUID(), 'X-Correlation-ID': randomUUID() };
    const own = await when('it asks for the patient and the summary of B', () =>
      findPatient(world, token, patientB, numbers),
    );
    const [patient] = own.status === 200 ? resourcesOf(bundleOf(own), 'Patient') : [];
    await then('B is found', () => assert.ok(patient?.id, own.text));
    for (const type of ['Condition', 'MedicationRequest', 'Observation']) {
      const facts = await world.askHolderWith(token, hospital, {
        path: `${type}?patient=Patient/${patient?.id ?? ''}`,
        headers: numbers,
      });
      await then(`${type} is given, of B only`, () => {
        assert.equal(facts.status, 200, facts.text);
        for (const resource of resourcesOf(bundleOf(facts), type))
          assert.ok(JSON.stringify(resource).includes(`Patient/${patient?.id ?? ''}`));
      });
    }
    await then('Mitz was not asked', () => {
      const asked = world.traffic.since(before).filter(({ url }) => MITZ.test(url));
      assert.deepEqual(asked, []);
    });
    await then('the numbers of the request are in the log', async () => {
      const log = await readFile(join(world.installation.dataDirectory, 'log', 'record.log'), 'utf8');
      for (const number of Object.values(numbers)) assert.ok(log.includes(number), 'It is not in the log');
    });
    const other = await when('it asks for patient A', () => findPatient(world, token, patientA));
    await then('the answer is 403', () => assert.equal(other.status, 403, other.text));
    const again = await when('the code is exchanged a second time', () =>
      redeem(world, browser, code, hospital.ura),
    );
    await then('the answer is invalid_grant', () => assert.equal(again.error, 'invalid_grant'));
    const late = new CitizenBrowser(world.urlOf('authorisation-server'));
    const page = await given('B logged in once more, and a quarter of an hour has gone by', async () => {
      const shown = await late.logIn(patientB, hospital.ura);
      await world.installation.query(
        `UPDATE authorisation_server.artifact SET expires_at = expires_at - interval '15 minutes'
         WHERE model = 'CitizenConsent'`,
      );
      return shown;
    });
    const tooLate = await when('B consents then', () => late.consent(page));
    await then('it is refused', () => assert.equal(tooLate, undefined));
  },
};

function redeem(world: World, browser: CitizenBrowser, code: string, holder: Ura): Promise<TokenAnswer> {
  const resource = `${world.urlOf('record')}/tenants/${holder}/fhir`;
  return world.desk.ask({
    client: 'pgo',
    grant: 'authorization_code',
    parameters: { code, ...browser.proof, resource, scope: 'holder:read' },
  });
}

function findPatient(
  world: World,
  token: BoundToken,
  bsn: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return world.askHolderWith(token, hospital, {
    method: 'POST',
    path: 'Patient/_search',
    form: [['identifier', `${identifierSystems.bsn}|${bsn}`]],
    headers,
  });
}
