import assert from 'node:assert/strict';
import { bundleOf, resourcesOf } from '../world/fhir.js';
import { Dossier } from '../world/fixtures.js';
import { emergencyPhysician, furtherPatient, gp, nurse } from '../world/people.js';
import type { Scenario } from '../scenario.js';

const unconscious = furtherPatient(1);
const objecting = furtherPatient(2);
const emergency = {
  purpose_of_use: 'BTG',
  emergency_reason: 'Unconscious after an accident, allergies needed before anaesthesia',
};

export const emergencyAccess: Scenario = {
  id: 5,
  title: 'Emergency access',
  async story({ given, when, then }, world) {
    await given('a patient of the GP without any Mitz permit, and another who objected', async () => {
      await world.deliver(
        new Dossier(gp, unconscious, 'er').condition().allergy(),
        new Dossier(gp, objecting, 'er-no').condition().allergy(),
      );
      await world.consent.record({ bsn: objecting, holder: gp, decision: 'deny' });
    });
    const ordinary = await when('the physician at the emergency department asks as for any treatment', () =>
      world.findPatient(emergencyPhysician, gp, unconscious),
    );
    await then('the answer is no', () => assert.equal(ordinary.status, 403, ordinary.text));
    const answer = await when('the physician breaks the glass, with a reason', () =>
      world.view(emergencyPhysician, unconscious, { parameters: emergency }),
    );
    await then('the emergency subset is shown, allergies among it', () => {
      assert.equal(answer.status, 200, answer.text);
      const allergies = resourcesOf(bundleOf(answer), 'AllergyIntolerance');
      assert.notEqual(allergies.length, 0, 'No allergy is shown');
    });
    await then('it holds for half an hour at most', async () => {
      const { token } = await world.viewToken(emergencyPhysician, emergency);
      assert.ok(token);
      assert.ok(token.expiresAt.getTime() - Date.now() <= 30 * 60_000, 'The token lives longer');
    });
    await then('the trail marks it as an emergency', async () => {
      await world.settle();
      const trail = (await world.auditTrail(gp.ura)).map((event) => JSON.stringify(event));
      assert.ok(
        trail.some((event) => /emergency/i.test(event) && event.includes(emergencyPhysician.dezi)),
        'The trail of the holder shows no emergency',
      );
    });
    await then('it waits for review at the holder', async () => {
      const review = await world.call('record', 'record:admin', '/emergency-accesses', {
        organisation: gp.ura,
      });
      assert.equal(review.status, 200, review.text);
      assert.ok(review.text.includes(emergencyPhysician.dezi), 'There is no review item');
    });
    await then('the patient is to be told', async () => {
      const notices = await world.installation.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM event_log.event WHERE type = 'patient.notice-due'`,
      );
      assert.notEqual(notices[0]?.count, 0, 'No notice to the patient is due');
    });
    const despite = await when('the glass is broken for who objected', () =>
      world.findPatient(emergencyPhysician, gp, objecting, emergency),
    );
    await then('the answer is no, by the configured policy', () =>
      assert.equal(despite.status, 403, despite.text),
    );
    const withoutReason = await when('no reason is given', () =>
      world.viewToken(emergencyPhysician, { purpose_of_use: 'BTG' }),
    );
    await then('it is refused', async () => {
      if (withoutReason.token === undefined) return;
      const { status } = await world.viewWith(withoutReason.token, unconscious);
      assert.equal(status, 403);
    });
    const byNurse = await when('a nurse who does not work at an emergency department does so', () =>
      world.viewToken(nurse, emergency),
    );
    await then('it is refused', async () => {
      if (byNurse.token === undefined) return;
      const { status } = await world.viewWith(byNurse.token, unconscious);
      assert.equal(status, 403);
    });
  },
};
