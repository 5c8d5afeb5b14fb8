import assert from 'node:assert/strict';
import { identifierSystems } from '@samenhang/data-model';
import { eventually } from '../world/eventually.js';
import { bundleOf, factsOf } from '../world/fhir.js';
import { hospital, nursingHome, patientB, pharmacy, vos, type Provider } from '../world/people.js';
import { TransferDesk } from '../world/transfer-desk.js';
import type { Scenario } from '../scenario.js';

interface Transfer {
  readonly transfer: string;
  readonly tasks: readonly { readonly id: string }[];
}

interface InboxItem {
  readonly id: string;
  readonly pull: string;
}

/** Longer than an answer of the address book is used again. */
const ADDRESS_KEPT_MS = 31_000;

export const notifiedPull: Scenario = {
  id: 10,
  title: 'Notified pull hospital → nursing home',
  turn: 'days later',
  async story({ given, when, then }, world) {
    const desk = new TransferDesk(world);
    await given(
      'the hospital and the nursing home are in the address book with their transfer services',
      async () => {
        await world.addressBook.enterAtRecord(hospital);
        await world.addressBook.enterAtRecord(nursingHome);
        // What was known of them before is forgotten by then.
        world.clock.advance(ADDRESS_KEPT_MS);
      },
    );
    const patient = await world.patientIdAt(vos, hospital, patientB);
    const found = await world.askHolder(vos, hospital, { path: `Condition?patient=Patient/${patient}` });
    const condition = `Condition/${factsOf(bundleOf(found))[0]?.id ?? ''}`;
    const offer = async (): Promise<Transfer> => {
      const answer = await desk.own(hospital, 'POST', 'transfers', {
        kind: 'referral',
        patient: { system: identifierSystems.bsn, value: patientB },
        receivers: [nursingHome.ura],
        until: '2026-12-08',
        offered: [condition],
      });
      assert.equal(answer.status, 201, answer.text);
      return JSON.parse(answer.text) as Transfer;
    };
    const inbox = async (): Promise<InboxItem[]> =>
      (JSON.parse((await desk.own(nursingHome, 'GET', 'inbox')).text) as { items: InboxItem[] }).items;
    const baseOf = async ({ tasks }: Transfer): Promise<string> => {
      const { text } = await desk.peer(nursingHome.ura, hospital, { path: `Task/${tasks[0]?.id ?? ''}` });
      const { input } = JSON.parse(text) as { input: { valueString?: string }[] };
      return input.at(-1)?.valueString ?? '';
    };
    const pull = async (from: Provider, path: string, base: string): Promise<number> =>
      (await desk.peer(from.ura, hospital, { path, headers: { 'x-authorization-base': base } })).status;

    const before = new Set((await inbox()).map(({ id }) => id));
    const g1 = await given('Task G1 about B, owner nursing home De Linde, until 2026-12-08', offer);
    const item = await when('the nursing home is notified, and pulls what is listed', async () => {
      let fresh: InboxItem | undefined;
      await eventually(async () => {
        fresh = (await inbox()).find(({ id }) => !before.has(id));
        assert.ok(fresh, 'There is nothing in the inbox yet');
      });
      assert.ok(fresh);
      await desk.own(nursingHome, 'POST', `inbox/${fresh.id}/pull`);
      return fresh.id;
    });
    await then('it has it', () =>
      eventually(async () => {
        const shown = await desk.own(nursingHome, 'GET', `inbox/${item}`);
        assert.equal((JSON.parse(shown.text) as InboxItem).pull, 'pulled', shown.text);
        const { text } = await desk.own(nursingHome, 'GET', `inbox/${item}/resources`);
        assert.ok(text.includes('38341003'), text);
      }),
    );
    const base = await baseOf(g1);
    await then('the answer to a listed resource is 200', async () =>
      assert.equal(await pull(nursingHome, condition, base), 200),
    );
    await then('the pharmacy gets 403 with the same base', async () =>
      assert.equal(await pull(pharmacy, condition, base), 403),
    );
    await then('a resource that is not listed is 403', async () => {
      assert.equal(await pull(nursingHome, `Patient/${patient}`, base), 403);
      assert.equal(await pull(nursingHome, 'Condition', base), 403);
    });
    await then('a notification with the same identifier makes no second item', async () => {
      const notification = notificationOf('Condition/1');
      const sent = { method: 'POST', path: 'Task', body: notification };
      const answers = [
        await desk.peer(hospital.ura, nursingHome, sent),
        await desk.peer(hospital.ura, nursingHome, sent),
      ];
      assert.deepEqual(
        answers.map(({ status }) => status),
        [201, 200],
      );
      const ids = answers.map(({ text }) => (JSON.parse(text) as { id: string }).id);
      assert.equal((await inbox()).filter(({ id }) => ids.includes(id)).length, 1);
    });
    await then('a Task that is cancelled gives 403', async () => {
      const cancelled = await offer();
      const key = await baseOf(cancelled);
      assert.equal(await pull(nursingHome, condition, key), 200);
      await desk.own(hospital, 'POST', `transfers/${cancelled.transfer}/cancel`, {});
      assert.equal(await pull(nursingHome, condition, key), 403);
    });
    await then('on 2026-12-09 the answer is 403', async () => {
      world.clock.set('2026-12-08T22:50:00Z');
      assert.equal(await pull(nursingHome, condition, base), 200);
      world.clock.set('2026-12-09T08:00:00Z');
      assert.equal(await pull(nursingHome, condition, base), 403);
    });
  },
};

/** As a sender that is not of this house would notify. */
function notificationOf(listed: string): object {
  const party = ({ ura }: Provider): object => ({
    identifier: { system: identifierSystems.ura, value: ura },
  });
  const input = (code: string, value: string): object => ({
    type: { coding: [{ system: 'http://fhir.nl/fhir/NamingSystem/TaskParameter', code }] },
    valueString: value,
  });
  return {
    resourceType: 'Task',
    identifier: [{ system: 'urn:ietf:rfc:3986', value: 'urn:uuid:6b0a0b3c-31f0-4f0e-9f0b-0d7f0a1f3a10' }],
    groupIdentifier: { system: 'https://noord.example/groups', value: 'G1' },
    status: 'requested',
    intent: 'proposal',
    code: { coding: [{ system: 'http://fhir.nl/fhir/NamingSystem/TaskCode', code: 'pull-notification' }] },
    for: { identifier: { system: identifierSystems.bsn, value: patientB } },
    authoredOn: '2026-12-01T10:00:00Z',
    requester: { onBehalfOf: party(hospital) },
    owner: party(nursingHome),
    restriction: { period: { end: '2026-12-08' } },
    input: [input('authorization-base', 'G1-base'), input('read-available-resource', listed)],
  };
}
