import assert from 'node:assert/strict';
import { bundleOf, custodiansOf, factsOf, sourcesOf } from '../world/fhir.js';
import { hospital, patientA, pharmacy, vos } from '../world/people.js';
import { eventsOfTrace } from '../world/trail.js';
import type { Scenario } from '../scenario.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';

export const locateAndMerge: Scenario = {
  id: 1,
  title: 'Locate → merge',
  turn: 'first',
  async story({ given, when, then }, world) {
    await given('patient A has data at hospital Noord and at the pharmacy, and both are registered', () =>
      world.settle(),
    );
    const before = world.traffic.length;
    const answer = await when('Dr. Vos asks for the patient summary of A, for treatment', () =>
      world.view(vos, patientA, { traceparent: `00-${TRACE}-b7ad6b7169203331-01` }),
    );
    const seen = world.traffic.since(before);
    await then('she gets one FHIR R4 Bundle', () => {
      assert.equal(answer.status, 200, answer.text);
      assert.equal(bundleOf(answer).resourceType, 'Bundle');
    });
    await then('the national services got a blinded token and never the number of A', () => {
      const ports = [world.urlOf('pseudonymisation'), world.urlOf('reference-index')].map((url) =>
        Number(new URL(url).port),
      );
      const arrived = seen.filter(({ side, port }) => side === 'server' && ports.includes(port ?? 0));
      assert.ok(
        arrived.some((request) => request.body().includes('encryptedPersonalId')),
        'No blinded input',
      );
      for (const request of arrived) {
        const wire = `${request.url} ${JSON.stringify(request.headers)} ${request.body()}`;
        assert.ok(!wire.includes(patientA), `The number of A went to ${request.url}`);
      }
    });
    await then('two care providers were found, hospital Noord and the pharmacy, and both answered', () => {
      const found = [...sourcesOf(bundleOf(answer))].sort();
      assert.deepEqual(found, [
        [hospital.ura, 'ok'],
        [pharmacy.ura, 'ok'],
      ]);
    });
    await then('each was called with a token of its own', () => {
      const tokensAt = (base: string): Set<string | undefined> =>
        new Set(
          seen
            .filter(({ side, url }) => side === 'client' && url.startsWith(base))
            // What a holder is capable of it tells everybody.
            .flatMap(({ headers }) => headers['authorization'] ?? []),
        );
      const [one, other] = [tokensAt(world.holderBase(hospital)), tokensAt(world.holderBase(pharmacy))];
      assert.deepEqual([one.size, other.size], [1, 1]);
      assert.notDeepEqual(one, other);
    });
    await then('every fact names its care provider', () => {
      const facts = factsOf(bundleOf(answer));
      assert.ok(facts.length >= 4, `There are ${facts.length} facts`);
      for (const fact of facts) assert.notEqual(custodiansOf(fact).length, 0, fact.resourceType);
      const types = new Set(facts.map(({ resourceType }) => resourceType));
      for (const type of ['Condition', 'AllergyIntolerance', 'MedicationRequest'])
        assert.ok(types.has(type), type);
    });
    const narrow = {
      scope: 'view:read patient/Patient.rs patient/AllergyIntolerance.rs?clinical-status=active',
    };
    const narrowed = await when('she asks again with a token for patients and active allergies only', () =>
      world.view(vos, patientA, { parameters: narrow }),
    );
    await then('she gets those and nothing else', () => {
      assert.equal(narrowed.status, 200, narrowed.text);
      const types = new Set(factsOf(bundleOf(narrowed)).map(({ resourceType }) => resourceType));
      assert.deepEqual([...types].sort(), ['AllergyIntolerance', 'Patient']);
    });
    await then(
      'the trails of both holders and of the requester tell of it under the same trace',
      async () => {
        await world.settle();
        for (const ura of [hospital.ura, pharmacy.ura, vos.at.ura]) {
          const events = eventsOfTrace(await world.auditTrail(ura), TRACE);
          assert.notEqual(events.length, 0, `${ura} has no event of this trace`);
        }
        const own = eventsOfTrace(await world.auditTrail(vos.at.ura), TRACE);
        assert.equal(own.length, 1, 'The requester records the question once');
      },
    );
  },
};
