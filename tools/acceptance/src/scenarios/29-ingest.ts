import assert from 'node:assert/strict';
import { MllpSender } from '@samenhang/demo';
import { portOffsets } from '@samenhang/service-kit';
import { bundleOf, factsOf, sourcesOf } from '../world/fhir.js';
import { furtherPatient, hospital, vos } from '../world/people.js';
import { Dossier } from '../world/fixtures.js';
import { admission, cdaDocument, laboratoryResult } from '../world/hospital-messages.js';
import type { Scenario } from '../scenario.js';
import type { World } from '../world/world.js';

const byMessage = { bsn: furtherPatient(10), number: '790010' };
const byDocument = { bsn: furtherPatient(11), number: '790011' };
const badBsn = { bsn: '123456789', number: '790012' };
const LOCAL_CODE = 'XLOC-77';

export const ingest: Scenario = {
  id: 29,
  title: 'Ingest',
  async story({ given, when, then }, world) {
    const port = world.installation.portBase + portOffsets['mllp-hospital'];
    await given('hospital Noord sends HL7 v2 over MLLP and CDA documents over HTTP', async () => {
      const settings = {
        timeZone: 'Europe/Amsterdam',
        defaultCharset: 'UTF-8',
        localIdentifierSystem: 'https://noord.example/patientnummer',
      };
      await world.declareSource(hospital, 'zis', {
        kind: 'mllp',
        displayName: 'ZIS',
        settings,
        mllp: { host: '127.0.0.1', port },
      });
      await world.declareSource(hospital, 'cda', { kind: 'cda', displayName: 'Documents', settings });
      await world.consent.permitEverywhere(byMessage.bsn, byDocument.bsn);
    });
    const messages = [
      admission(byMessage, 'N29-1'),
      laboratoryResult(byMessage, 'N29-2', { code: '14749-6', system: 'LN', text: 'Glucose' }),
      laboratoryResult(byMessage, 'N29-3', { code: LOCAL_CODE, system: 'L', text: 'Lokale bepaling' }),
      admission(badBsn, 'N29-4'),
      admission(byMessage, 'N29-1'),
    ];
    const before = await quarantined(world);
    await when('a batch comes in with one bad BSN, one unknown code and one duplicate', async () => {
      const sender = new MllpSender({ host: '127.0.0.1', port });
      try {
        for (const message of messages) assert.equal((await sender.send(message)).code, 'AA');
      } finally {
        sender.close();
      }
      const answer = await world.call(
        'ingest',
        'ingest:write',
        `/tenants/${hospital.ura}/sources/cda/documents`,
        {
          method: 'POST',
          body: cdaDocument(byDocument),
          type: 'application/xml',
          organisation: hospital.ura,
        },
      );
      assert.equal(answer.status, 202, answer.text);
      await world.settle();
    });
    const view = await world.view(vos, byMessage.bsn);
    const facts = factsOf(bundleOf(view));
    await then('the good ones are stored as nl-core FHIR R4', async () => {
      const profiles = facts.flatMap(
        ({ meta }) => (meta as { profile?: string[] } | undefined)?.profile ?? [],
      );
      for (const profile of ['nl-core-Patient', 'nl-core-Problem', 'nl-core-LaboratoryTestResult'])
        assert.ok(
          profiles.some((each) => each.includes(profile)),
          `${profile} is not among ${profiles.join()}`,
        );
      const documents = factsOf(bundleOf(await world.view(vos, byDocument.bsn)));
      assert.ok(
        documents.some(({ resourceType }) => resourceType === 'Condition'),
        'The document gave no problem',
      );
    });
    await then('the unknown code is kept, with its text, and flagged', async () => {
      const local = facts.filter((fact) => JSON.stringify(fact).includes('Lokale bepaling'));
      assert.equal(local.length, 1, 'The observation with the unknown code');
      const coverage = await world.call(
        'ingest',
        'ingest:admin',
        `/tenants/${hospital.ura}/sources/zis/coverage`,
        { organisation: hospital.ura },
      );
      assert.equal(coverage.status, 200, coverage.text);
      assert.ok(
        coverage.text.includes(LOCAL_CODE),
        'The report of codes that are not mapped does not name it',
      );
    });
    await then('the bad one is in quarantine with its reason', async () => {
      const entries = await quarantined(world);
      assert.equal(entries.length, before.length + 1);
      assert.ok(entries.some(({ reasonCode }) => reasonCode === 'bsn-fails-eleven-test'));
    });
    await then('the duplicate is ignored', () =>
      assert.equal(facts.filter(({ resourceType }) => resourceType === 'Condition').length, 1),
    );
    await then('the hospital is registered for what was stored', () =>
      assert.equal(sourcesOf(bundleOf(view)).get(hospital.ura), 'ok'),
    );
    const stored = await stateOf(world);
    await when('everything is played again', async () => {
      const answer = await world.call('ingest', 'ingest:admin', '/replays', {
        method: 'POST',
        organisation: hospital.ura,
        body: { source: 'zis' },
      });
      assert.ok(answer.status < 300, answer.text);
      await world.settle();
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await world.settle();
    });
    await then('the state is the same', async () => assert.deepEqual(await stateOf(world), stored));
    const brief = new Dossier(hospital, furtherPatient(12), 'brief').condition();
    await given('a patient of whom the hospital has very little', async () => {
      await world.consent.permitEverywhere(brief.bsn);
      await world.deliver(brief);
      assert.ok(sourcesOf(bundleOf(await world.view(vos, brief.bsn))).has(hospital.ura));
    });
    await when('the last of that is deleted at the source', async () => {
      await world.push(brief.deletion());
      await world.settle();
    });
    await then('the hospital is not registered for that patient any more', async () => {
      world.clock.advance(61_000);
      const answer = await world.view(vos, brief.bsn);
      assert.ok(!sourcesOf(bundleOf(answer)).has(hospital.ura), 'It is still registered');
    });
  },
};

async function quarantined(world: World): Promise<{ reasonCode: string }[]> {
  const answer = await world.call('ingest', 'ingest:admin', '/quarantine', { organisation: hospital.ura });
  return (JSON.parse(answer.text) as { entries: { reasonCode: string }[] }).entries;
}

/** What the record holds of the tenant, without when it was written. */
function stateOf(world: World): Promise<object[]> {
  return world.installation.query(
    `SELECT type, id, md5(body) AS content FROM record.resource WHERE tenant = $1 AND NOT deleted ORDER BY type, id`,
    [hospital.ura],
  );
}
