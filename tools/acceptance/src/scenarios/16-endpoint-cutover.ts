import assert from 'node:assert/strict';
import type { EndpointEntry } from '../world/address-book.js';
import { bundleOf, outcomeOf, sourcesOf } from '../world/fhir.js';
import { hospital, patientA, vos } from '../world/people.js';
import type { Scenario } from '../scenario.js';

const CUTOVER = '2026-12-01T10:00:00Z';

export const endpointCutover: Scenario = {
  id: 16,
  title: 'Endpoint cutover',
  turn: 'first',
  async story({ given, when, then }, world) {
    const base = world.holderBase(hospital);
    // Two addresses of one and the same record, told apart by how they are written on the wire.
    const [one, two] = [base, base.replace('127.0.0.1', 'localhost')];
    const endpoints = (status = 'active'): EndpointEntry[] => [
      { id: 'noord-1', address: one, status, period: { end: CUTOVER } },
      { id: 'noord-2', address: two, period: { start: CUTOVER } },
    ];
    const callsOf = async (): Promise<{
      one: number;
      two: number;
      status: string | undefined;
      text: string;
    }> => {
      const before = world.traffic.length;
      const answer = await world.view(vos, patientA);
      const urls = world.traffic
        .since(before)
        .filter(({ side }) => side === 'client')
        .map(({ url }) => url);
      return {
        one: urls.filter((url) => url.startsWith(one)).length,
        two: urls.filter((url) => url.startsWith(two)).length,
        status: sourcesOf(bundleOf(answer)).get(hospital.ura),
        text: JSON.stringify(outcomeOf(bundleOf(answer)).issue),
      };
    };
    try {
      await given('endpoint E1 of hospital Noord ends at 10:00:00Z and E2 begins then', () =>
        world.addressBook.enter(hospital, endpoints()),
      );
      const off = await when('E1 was switched off, and it is asked for at 09:58:00Z', async () => {
        await world.addressBook.enter(hospital, endpoints('off'));
        world.clock.stopAt('2026-12-01T09:58:00Z');
        return callsOf();
      });
      await then('no endpoint is used and nothing is called; the outcome says that there is none', () => {
        assert.deepEqual([off.one, off.two], [0, 0]);
        assert.equal(off.status, 'no-endpoint');
        assert.match(off.text, /no usable address/);
      });
      const before = await when(
        'E1 is on again, and the summary of A is asked for at 09:59:59Z',
        async () => {
          await world.addressBook.enter(hospital, endpoints());
          world.clock.stopAt('2026-12-01T09:59:59Z');
          return callsOf();
        },
      );
      await then('E1 is used', () => assert.ok(before.one > 0 && before.two === 0, JSON.stringify(before)));
      const after = await when('it is asked for at 10:00:00Z', () => {
        world.clock.stopAt(CUTOVER);
        return callsOf();
      });
      await then('E2 is used', () => assert.ok(after.one === 0 && after.two > 0, JSON.stringify(after)));
    } finally {
      world.clock.stopAt(CUTOVER);
      world.clock.goOn();
      await world.addressBook.enter(hospital, [
        { id: 'noord-1', address: one, status: 'off' },
        { id: 'noord-2', address: two, status: 'off' },
      ]);
      await world.addressBook.enterAtRecord(hospital);
    }
  },
};
