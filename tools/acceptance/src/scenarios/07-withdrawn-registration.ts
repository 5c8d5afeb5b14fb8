import assert from 'node:assert/strict';
import { bundleOf, sourcesOf } from '../world/fhir.js';
import { eventually } from '../world/eventually.js';
import { furtherPatient, hospital, pharmacy, vos } from '../world/people.js';
import type { Scenario } from '../scenario.js';

const bsn = furtherPatient(3);

export const withdrawnRegistration: Scenario = {
  id: 7,
  title: 'Withdrawn registration',
  async story({ given, when, then }, world) {
    const localisation = world.localisation();
    const registration = { bsn, custodian: hospital.ura, category: 'Condition' } as const;
    const listed = async (): Promise<boolean> =>
      sourcesOf(bundleOf(await world.view(vos, bsn))).has(hospital.ura);
    await given('hospital Noord registered the patient with two source systems', async () => {
      await world.consent.permitEverywhere(bsn);
      await localisation.register({ ...registration, sourceId: 'epd' });
      await localisation.register({ ...registration, sourceId: 'pacs' });
      assert.ok(await listed(), 'The hospital is not found');
    });
    await when('the registration of one source system is withdrawn', () =>
      localisation.deregister({ ...registration, sourceId: 'pacs' }),
    );
    await then('the hospital is still listed', async () => {
      await world.settle();
      assert.ok(await listed(), 'The hospital is not found any more');
    });
    const own = await ownLists('epd');
    await when('the last one is withdrawn, by its id', async () => {
      const [id] = own;
      assert.ok(id, 'No registration of the hospital is listed');
      assert.equal((await remove(id, hospital.ura)).status, 204);
    });
    await then('the hospital is not listed any more', async () => {
      await world.settle();
      await eventually(async () => assert.equal(await listed(), false));
    });
    await then('a direct question to it goes through the whole of authorisation as ever', async () => {
      const answer = await world.findPatient(vos, hospital, bsn);
      assert.equal(answer.status, 200, answer.text);
      assert.deepEqual(bundleOf(answer).entry ?? [], []);
    });
    await then(
      'withdrawing again by id finds nothing, by question succeeds, and the node takes both as done',
      async () => {
        assert.equal((await remove(own[0] ?? '', hospital.ura)).status, 404);
        await localisation.deregister({ ...registration, sourceId: 'epd' });
      },
    );
    await then('the id of a registration of somebody else is not found', async () => {
      await localisation.register({ ...registration, custodian: pharmacy.ura, sourceId: 'ais-7' });
      const [foreign] = await ownLists('ais-7', pharmacy.ura);
      assert.ok(foreign);
      assert.equal((await remove(foreign, hospital.ura)).status, 404);
      assert.equal((await remove(foreign, pharmacy.ura)).status, 204);
    });

    async function ownLists(source: string, organisation = hospital.ura): Promise<string[]> {
      const rows = await world.installation.query<{ id: string }>(
        'SELECT id FROM reference_index.registration WHERE custodian = $1 AND source = $2',
        [organisation, source],
      );
      return rows.map(({ id }) => id);
    }
    function remove(id: string, organisation: typeof hospital.ura) {
      return world.callAs('registrar', 'reference-index', 'nvi:delete', `/fhir/List/${id}`, {
        method: 'DELETE',
        organisation,
      });
    }
  },
};
