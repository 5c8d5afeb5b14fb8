import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeNotification } from '@samenhang/mitz';
import { bundleOf, sourcesOf } from '../world/fhir.js';
import { eventually } from '../world/eventually.js';
import { hospital, patientA, pharmacy, vos } from '../world/people.js';
import type { Scenario } from '../scenario.js';

const WITHIN_MS = 60_000;

export const consentNotification: Scenario = {
  id: 22,
  title: 'Mitz notification',
  async story({ given, when, then }, world) {
    const listed = async (): Promise<boolean> =>
      sourcesOf(bundleOf(await world.view(vos, patientA))).has(hospital.ura);
    const until = (wanted: boolean): Promise<void> =>
      eventually(async () => assert.equal(await listed(), wanted), WITHIN_MS);
    const registrations = async (): Promise<number> => {
      const [row] = await world.installation.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM reference_index.registration r
         WHERE custodian = $1 AND pseudonym_hash IN (
           SELECT pseudonym_hash FROM reference_index.registration WHERE custodian = $2 AND category = 'MedicationRequest')`,
        [hospital.ura, pharmacy.ura],
      );
      return row?.count ?? 0;
    };
    await given('hospital Noord is registered for A', () => until(true));
    await given('and has subscribed at Mitz to what becomes of the consent of its patients', () =>
      eventually(async () => {
        const [row] = await world.installation.query<{ wanted: number; subscribed: number }>(
          `SELECT count(sealed_bsn)::int AS wanted, count(*)::int - count(sealed_bsn)::int AS subscribed
             FROM registrar.consent_subscription WHERE tenant = $1`,
          [hospital.ura],
        );
        assert.equal(row?.wanted, 0);
        assert.ok(row.subscribed > 0);
      }, WITHIN_MS),
    );
    const before = await registrations();
    let takeBack = await when('A withdraws the consent for hospital Noord at Mitz', () =>
      world.consent.record({ bsn: patientA, holder: hospital, decision: 'deny' }),
    );
    await then('its registration is gone within 60 s, and no cache shows it any longer', () => until(false));
    await then('being told the same again changes nothing', async () => {
      takeBack = await world.consent.record({ bsn: patientA, holder: hospital, decision: 'deny' });
      await world.settle();
      assert.equal(await listed(), false);
      assert.ok((await registrations()) < before);
    });
    const unknown = await when('a notification comes in for a subscription that nobody has', async () => {
      const body = JSON.stringify(
        writeNotification({ patient: patientA, holder: hospital.ura, status: 'active', at: new Date() }),
      );
      const url = `${world.urlOf('registrar')}/consent-notifications/${randomUUID()}`;
      const headers = { 'content-type': 'application/fhir+json', authorization: 'Bearer guessed' };
      return (await fetch(url, { method: 'POST', headers, body })).status;
    });
    await then('it is refused, and nothing becomes of it', async () => {
      assert.equal(unknown, 401);
      await world.settle();
      assert.equal(await listed(), false);
    });
    await when('A gives the consent again', async () => {
      await takeBack();
      await world.consent.record({ bsn: patientA, holder: hospital, decision: 'permit' });
    });
    await then('the hospital is registered again', () => until(true));
  },
};
