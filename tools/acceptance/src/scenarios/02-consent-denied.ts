import assert from 'node:assert/strict';
import { bundleOf, custodiansOf, factsOf, outcomeOf } from '../world/fhir.js';
import { hospital, patientA, pharmacy, vos } from '../world/people.js';
import { eventsOfTrace, refused } from '../world/trail.js';
import type { Scenario } from '../scenario.js';
import type { World } from '../world/world.js';

const TRACE = '1bf7651916cd43dd8448eb211c80319c';

export const consentDenied: Scenario = {
  id: 2,
  title: 'Mitz deny',
  async story({ given, when, then }, world) {
    // Told at the index as well, whether the hospital is asked at all would depend on what arrives first.
    await given('a consent register that tells the index nothing of the choices', () =>
      startConsentRegister(world, { STATE_RESTRICTIONS: 'false' }),
    );
    const takeBack = await given('A denies general practitioners the data of hospital Noord', () =>
      world.consent.record({
        bsn: patientA,
        holder: hospital,
        decision: 'deny',
        requesterCategory: 'RPZAC001',
      }),
    );
    try {
      const direct = await when('Dr. Vos asks hospital Noord itself', () =>
        world.findPatient(vos, hospital, patientA),
      );
      await then('the hospital answers 403', () => assert.equal(direct.status, 403, direct.text));
      const answer = await when('Dr. Vos asks for the patient summary of A', () =>
        world.view(vos, patientA, { traceparent: `00-${TRACE}-b7ad6b7169203331-01` }),
      );
      await then('she gets what the pharmacy has, and nothing of the hospital', () => {
        assert.equal(answer.status, 200, answer.text);
        // Whatever other scenarios left with others.
        const custodians = new Set(factsOf(bundleOf(answer)).flatMap(custodiansOf));
        assert.ok(custodians.has(pharmacy.ura), 'Nothing of the pharmacy');
        assert.ok(!custodians.has(hospital.ura), 'Something of the hospital');
      });
      await then(
        'the outcome says that a source was not available, not which, why or that it has data',
        () => {
          const outcome = outcomeOf(bundleOf(answer));
          const issues = outcome.issue ?? [];
          assert.ok(issues.some(({ diagnostics }) => diagnostics === 'A source was not available'));
          const text = JSON.stringify(outcome);
          assert.ok(!text.includes(hospital.ura), 'It names the hospital');
          assert.doesNotMatch(text, /consent|deny|denied|refus|objection/i);
        },
      );
      await then('the trail of the hospital tells of the refusal', async () => {
        await world.settle();
        const events = eventsOfTrace(await world.auditTrail(hospital.ura), TRACE);
        assert.notEqual(events.length, 0);
        for (const event of events) assert.equal(event['outcome'], refused);
      });
    } finally {
      await takeBack();
      await startConsentRegister(world);
    }
  },
};

async function startConsentRegister(world: World, variables: Record<string, string> = {}): Promise<void> {
  await world.installation.stop('consent-register');
  await world.installation.startAgain('consent-register', variables);
}
