import assert from 'node:assert/strict';
import { portOffsets } from '@samenhang/service-kit';
import { dataCategorySystem, identifierSystems } from '@samenhang/data-model';
import { encodePseudonymToken, referenceIndexRecipient } from '@samenhang/oprf';
import { eventually } from '../world/eventually.js';
import { Dossier } from '../world/fixtures.js';
import { furtherPatient, hospital, patientA } from '../world/people.js';
import { sealPseudonym } from '../world/pseudonym-token.js';
import type { Scenario } from '../scenario.js';
import type { World } from '../world/world.js';

const guide = 'http://minvws.github.io/generiekefuncties-docs';
const BAD = 'AllergyIntolerance';
const WATCHED_MS = 4_000;
/** With backoff: a few, not one after the other. */
const FEW = 12;

export const reRegistration: Scenario = {
  id: 33,
  title: 'Re-registration',
  async story({ given, when, then }, world) {
    await given('hospital Noord registered A with source S1', async () =>
      assert.equal((await registerList(world, 'S1')).status, 201),
    );
    const again = await when('it is registered a second time', () => registerList(world, 'S1'));
    await then('the index answers 409', () => assert.equal(again.status, 409, again.text));
    const before = world.traffic.length;
    await when('the node registers it itself, twice', async () => {
      const registration = { bsn: patientA, custodian: hospital.ura, category: 'Condition' } as const;
      for (let time = 0; time < 2; time += 1)
        await world.localisation().register({ ...registration, sourceId: 'S1' });
    });
    await then('it takes it as registered, and asks no more than once each time', async () => {
      const asked = world.traffic
        .since(before)
        .filter(({ side, method, url }) => side === 'server' && method === 'POST' && url === '/fhir');
      assert.equal(asked.length, 2);
      const [row] = await world.installation.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM reference_index.registration WHERE source = 'S1'`,
      );
      assert.equal(row?.count, 1);
    });
    const port = world.installation.portBase + portOffsets['fhir-source-gp'];
    const arrived: { good: number; bad: number; both: number } = { good: 0, bad: 0, both: 0 };
    await given('an index that refuses one kind of registration and takes the others', async () => {
      await world.standIn(port, (request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => {
          const isBad = body.includes(`"${BAD}"`);
          const isGood = body.includes('"Condition"');
          arrived[isBad && isGood ? 'both' : isBad ? 'bad' : 'good'] += 1;
          const [status, answer] = isBad ? [422, { issue: [] }] : [200, { ids: [] }];
          response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
        });
      });
      await world.installation.stop('registrar');
      await world.installation.startAgain('registrar', {
        REFERENCE_INDEX_URL: `http://127.0.0.1:${port}`,
      });
    });
    try {
      await when('the node has registrations of both kinds to make at once', async () => {
        await world.push(new Dossier(hospital, furtherPatient(20), 'r20').condition());
        await world.push(new Dossier(hospital, furtherPatient(21), 'r21').allergy());
        await world.push(new Dossier(hospital, furtherPatient(22), 'r22').condition());
      });
      await then(
        'the good ones are registered, and only the bad one is tried again, without a storm',
        async () => {
          await eventually(async () => {
            const waiting = await waitingRegistrations(world);
            const categories = new Set(waiting.map(({ category }) => category));
            assert.deepEqual([...categories], [BAD], JSON.stringify(waiting));
          });
          assert.ok(arrived.good > 0, 'The good ones were not registered');
          await new Promise((resolve) => setTimeout(resolve, WATCHED_MS));
          assert.ok(arrived.bad + arrived.both <= FEW, `${arrived.bad + arrived.both} attempts`);
        },
      );
    } finally {
      await world.installation.stop('registrar');
      await world.installation.startAgain('registrar');
      await world.settle();
    }
  },
};

/** A List as the guide has it, without any condition. */
async function registerList(world: World, source: string): Promise<{ status: number; text: string }> {
  const sealed = await sealPseudonym(world, patientA, referenceIndexRecipient);
  const value = encodePseudonymToken({ evaluatedOutput: sealed.jwe, blindFactor: sealed.blindFactor });
  const body = {
    resourceType: 'List',
    extension: [
      {
        url: `${guide}/StructureDefinition/nl-gf-localization-custodian`,
        valueReference: { identifier: { system: identifierSystems.ura, value: hospital.ura } },
      },
    ],
    status: 'current',
    mode: 'working',
    code: { coding: [{ system: dataCategorySystem, code: 'Condition' }] },
    subject: { identifier: { use: 'temp', system: identifierSystems.referenceIndexPseudonym, value } },
    source: { identifier: { system: `${guide}/NamingSystem/oauth-client-id`, value: source } },
    emptyReason: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/list-empty-reason', code: 'withheld' }],
    },
  };
  return world.callAs('registrar', 'reference-index', 'nvi:create', '/fhir/List', {
    method: 'POST',
    body,
    type: 'application/fhir+json',
    organisation: hospital.ura,
  });
}

/** What an objection of an earlier scenario holds back does not wait. */
function waitingRegistrations(world: World): Promise<{ category: string; failure: string | null }[]> {
  return world.installation.query(
    `SELECT category, last_failure AS failure FROM registrar.registration_state
     WHERE actual <> CASE WHEN wanted THEN 'present' ELSE 'absent' END`,
  );
}
