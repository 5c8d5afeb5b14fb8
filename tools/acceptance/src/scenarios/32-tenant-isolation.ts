import assert from 'node:assert/strict';
import { Dossier } from '../world/fixtures.js';
import { bundleOf } from '../world/fhir.js';
import { furtherPatient, gp, nurse, nursingHome, vos } from '../world/people.js';
import type { Scenario } from '../scenario.js';

const bsn = furtherPatient(5);
const unknownSource = 'another';

export const tenantIsolation: Scenario = {
  id: 32,
  title: 'Tenant isolation',
  async story({ given, when, then }, world) {
    await given('one node holds the data of GP Zonneweg and of nursing home De Linde', async () => {
      await world.consent.permitEverywhere(bsn);
      await world.deliver(
        new Dossier(gp, bsn, 'tenant').condition(),
        new Dossier(nursingHome, bsn, 'tenant').condition('52448006', 'Dementia'),
      );
    });
    const atHome = await world.patientIdAt(nurse, nursingHome, bsn);
    const { token } = await world.holderToken(vos, gp);
    assert.ok(token);
    const crossed = await when('a token for the one is used at the other', () =>
      world.askHolderWith(token, nursingHome, { path: `Condition?patient=Patient/${atHome}` }),
    );
    await then('the answer is 401', () => assert.equal(crossed.status, 401, crossed.text));
    const byId = await when('a resource of the one is asked for by its id at the other', () =>
      world.askHolder(vos, gp, { path: `Patient/${atHome}` }),
    );
    await then('it is not there', () => assert.equal(byId.status, 404, byId.text));
    await then('each sees its own data only', async () => {
      const own = await world.patientIdAt(vos, gp, bsn);
      const answer = await world.askHolder(vos, gp, { path: `Condition?patient=Patient/${own}` });
      const text = JSON.stringify(bundleOf(answer));
      assert.ok(text.includes('44054006') && !text.includes('52448006'), text);
    });
    const trail = await when('GP Zonneweg reads its audit trail', async () => {
      await world.settle();
      return world.auditTrail(gp.ura);
    });
    await then('nothing of the nursing home is in it', () => {
      const foreign = trail.filter((event) => {
        const { observer } = (event['source'] ?? {}) as { observer?: { identifier?: { value?: string } } };
        return observer?.identifier?.value !== undefined && observer.identifier.value !== gp.ura;
      });
      assert.deepEqual(foreign, []);
    });
    const statuses = await when(
      'GP Zonneweg asks for sources, quarantine and registrations of the nursing home',
      async () => {
        const asGp = { organisation: gp.ura };
        const sources = `/tenants/${nursingHome.ura}/sources`;
        return Promise.all([
          world.call('ingest', 'ingest:admin', sources, asGp),
          world.call('ingest', 'ingest:admin', `${sources}/ecd`, asGp),
          world.call('ingest', 'ingest:admin', `${sources}/${unknownSource}`, {
            ...asGp,
            method: 'PUT',
            body: { kind: 'fhir-push', displayName: 'x', settings: {} },
          }),
          world.call('ingest', 'ingest:admin', `${sources}/ecd/secrets`, asGp),
          world.call('ingest', 'ingest:write', `${sources}/ecd/fhir`, {
            ...asGp,
            method: 'POST',
            type: 'application/fhir+json',
            body: new Dossier(nursingHome, bsn, 'forged').toBundle(),
          }),
        ]);
      },
    );
    await then('all of it is refused', () => {
      for (const { status, text } of statuses) assert.ok([403, 404].includes(status), `${status} ${text}`);
    });
    await then('no key of a patient is the same at both', async () => {
      const [row] = await world.installation.query<{ shared: number }>(
        `SELECT count(*)::int AS shared FROM record.patient one JOIN record.patient other
         ON one.tenant = $1 AND other.tenant = $2 AND one.bsn_key = other.bsn_key`,
        [gp.ura, nursingHome.ura],
      );
      assert.deepEqual(row, { shared: 0 });
    });
  },
};
