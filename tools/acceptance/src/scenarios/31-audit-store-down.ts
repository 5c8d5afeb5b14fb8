import assert from 'node:assert/strict';
import { eventually } from '../world/eventually.js';
import { bundleOf, factsOf } from '../world/fhir.js';
import { hospital, patientA, vos } from '../world/people.js';
import { eventsOfTrace } from '../world/trail.js';
import type { Scenario } from '../scenario.js';

const WITHIN_MS = 60_000;
const TRACE = '3cf7651916cd43dd8448eb211c80319c';
const LATER = '4df7651916cd43dd8448eb211c80319c';

export const auditStoreDown: Scenario = {
  id: 31,
  title: 'Audit store down',
  async story({ given, when, then }, world) {
    const patient = await world.patientIdAt(vos, hospital, patientA);
    const path = `Condition?patient=Patient/${patient}`;
    await world.settle();
    const permit = (act: 'GRANT' | 'REVOKE'): Promise<unknown> =>
      world.installation.query(
        act === 'GRANT'
          ? 'GRANT INSERT ON event_log.event TO samenhang_event_log'
          : 'REVOKE INSERT ON event_log.event FROM samenhang_event_log',
      );
    await given('nothing can be recorded any more', () => permit('REVOKE'));
    try {
      const direct = await when('hospital Noord is asked for the problems of A', () =>
        world.askHolder(vos, hospital, { path }),
      );
      await then('it answers 503 and gives nothing', () => assertNothing(direct.status, direct.text));
      const view = await when('the summary of A is asked for', () =>
        world.view(vos, patientA, { traceparent: `00-${TRACE}-b7ad6b7169203331-01` }),
      );
      await then('the answer is 503 and gives nothing', () => assertNothing(view.status, view.text));
    } finally {
      await permit('GRANT');
    }
    await given('recording works again, but the service that keeps the trail is down', () =>
      world.installation.stop('audit'),
    );
    await then('the summary of A is given: what happened is recorded durably on its way to the trail', () =>
      // The consent register could record nothing either: holders ask it again when their circuit closes.
      eventually(async () => {
        const answer = await world.view(vos, patientA, {
          traceparent: `00-${LATER}-b7ad6b7169203331-01`,
        });
        assert.equal(answer.status, 200, answer.text);
        assert.notEqual(factsOf(bundleOf(answer)).length, 0);
      }, WITHIN_MS),
    );
    await world.installation.startAgain('audit');
    await then('once it is up again nothing is missing from the trail', async () => {
      await world.settle();
      for (const ura of [vos.at.ura, hospital.ura])
        assert.notEqual(eventsOfTrace(await world.auditTrail(ura), LATER).length, 0, ura);
    });
    await then('and what was refused was served to nobody: no trace of success is in the trail', async () => {
      const events = eventsOfTrace(await world.auditTrail(hospital.ura), TRACE);
      assert.ok(!events.some(({ outcome }) => outcome === '0'));
    });
  },
};

function assertNothing(status: number, text: string): void {
  assert.equal(status, 503, text);
  assert.ok(!text.includes('"Bundle"'), 'It holds data');
}
