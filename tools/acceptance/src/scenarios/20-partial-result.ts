import assert from 'node:assert/strict';
import { portOffsets } from '@samenhang/service-kit';
import { bundleOf, custodiansOf, factsOf, outcomeOf, sourcesOf } from '../world/fhir.js';
import { hospital, nursingHome, patientB, pharmacy, vos } from '../world/people.js';
import { silence } from '../world/stand-in.js';
import type { Scenario } from '../scenario.js';

/** Five seconds for each source, and what locating and merging may take beside it. */
const BUDGET_MS = 8_000;

/** Longer than an address of the address book is kept. */
const ADDRESS_KEPT_MS = 61_000;

export const partialResult: Scenario = {
  id: 20,
  title: 'Partial result',
  async story({ given, when, then }, world) {
    const port = world.installation.portBase + portOffsets['fhir-source-nursing-home'];
    await given('B has data at three holders, and nursing home De Linde does not answer', async () => {
      await world.standIn(port, silence);
      await world.addressBook.enter(nursingHome, [
        { id: `endpoint-${nursingHome.ura}`, address: `http://127.0.0.1:${port}/fhir` },
      ]);
    });
    world.clock.advance(ADDRESS_KEPT_MS);
    const before = world.traffic.length;
    const started = performance.now();
    const answer = await when('Dr. Vos asks for the patient summary of B', () => world.view(vos, patientB));
    const elapsed = performance.now() - started;
    await then('the answer is 200 with two sources', () => {
      assert.equal(answer.status, 200, answer.text);
      const custodians = new Set(factsOf(bundleOf(answer)).flatMap(custodiansOf));
      assert.deepEqual([...custodians].sort(), [hospital.ura, pharmacy.ura]);
    });
    await then('a warning names the source that timed out', () => {
      assert.equal(sourcesOf(bundleOf(answer)).get(nursingHome.ura), 'timed-out');
      const warnings = (outcomeOf(bundleOf(answer)).issue ?? []).filter(
        ({ severity, code }) => severity === 'warning' && code === 'timeout',
      );
      assert.ok(warnings.some(({ diagnostics = '' }) => diagnostics.includes(nursingHome.ura)));
    });
    await then('the whole took no longer than the budget', () =>
      assert.ok(elapsed < BUDGET_MS, `${Math.round(elapsed)} ms`),
    );
    await then('nothing was asked a second time of the sources that answered', () => {
      const asked = world.traffic
        .since(before)
        .filter(({ side, url }) => side === 'server' && url.startsWith('/tenants/'))
        .map(({ method, url, body }) => `${method} ${url} ${body()}`);
      assert.notEqual(asked.length, 0);
      assert.deepEqual(asked.length, new Set(asked).size, 'A question was repeated');
    });
    await world.addressBook.enterAtRecord(nursingHome);
    world.clock.advance(ADDRESS_KEPT_MS);
    const whole = await when('the nursing home answers again and Dr. Vos asks once more', () =>
      world.view(vos, patientB),
    );
    await then('all three are there', () =>
      assert.deepEqual([...sourcesOf(bundleOf(whole)).values()], ['ok', 'ok', 'ok']),
    );
  },
};
