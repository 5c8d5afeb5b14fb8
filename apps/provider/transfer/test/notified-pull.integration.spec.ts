import { identifierSystems } from '@samenhang/data-model';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bsn, hospital, nursingHome, pharmacy, RunningTransfer, type Transfer } from './running-transfer.js';

// Many requests, each with tokens of its own, take their time on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

let node: RunningTransfer;

beforeAll(async () => {
  node = await RunningTransfer.start();
  node.around.resources.set('Condition/1', '{"resourceType":"Condition","id":"1","onsetAge":{"value":1.10}}');
  node.around.resources.set('Condition/2', '{"resourceType":"Condition","id":"2"}');
  node.around.resources.set('AllergyIntolerance/3', '{"resourceType":"AllergyIntolerance","id":"3"}');
}, 120_000);

afterAll(async () => {
  await node?.stop();
});

const referral = {
  kind: 'referral',
  receivers: [nursingHome],
  offered: ['Condition/1', 'AllergyIntolerance?clinical-status=active'],
};
const base = (value: string): { headers: Record<string, string> } => ({
  headers: { 'x-authorization-base': value },
});
const statusOf = async (ura: string, { transfer }: Transfer): Promise<string | undefined> =>
  (await node.transfer(ura, transfer)).tasks[0]?.status;

async function offered(request: object = {}): Promise<{ transfer: Transfer; item: string }> {
  const before = new Set((await node.inbox(nursingHome)).map(({ id }) => id));
  const transfer = await node.offer(hospital, { ...referral, ...request });
  const { id } = await node.item(nursingHome, (item) => !before.has(item.id));
  return { transfer, item: id };
}

/** A notification that a sender writes itself, as one that is not of this house would. */
function notification(changes: object = {}): object {
  const party = (value: string): object => ({ identifier: { system: identifierSystems.ura, value } });
  const input = (code: string, valueString: string): object => ({
    type: { coding: [{ system: 'http://fhir.nl/fhir/NamingSystem/TaskParameter', code }] },
    valueString,
  });
  return {
    resourceType: 'Task',
    identifier: [{ system: 'urn:ietf:rfc:3986', value: 'urn:uuid:6b0a0b3c-31f0-4f0e-9f0b-0d7f0a1f3a10' }],
    status: 'requested',
    intent: 'proposal',
    code: { coding: [{ system: 'http://fhir.nl/fhir/NamingSystem/TaskCode', code: 'pull-notification' }] },
    for: { identifier: { system: identifierSystems.bsn, value: bsn } },
    requester: { onBehalfOf: party(hospital) },
    owner: party(nursingHome),
    restriction: { period: { end: '2099-12-08' } },
    input: [input('authorization-base', 'opaque'), input('read-available-resource', 'Condition/1')],
    ...changes,
  };
}

describe('a referral by notified pull', () => {
  it('is told, pulled as listed, and completed at the sender', { timeout: 240_000 }, async () => {
    const { transfer, item } = await offered();
    expect((await node.own(nursingHome, 'POST', `inbox/${item}/pull`)).status).toBe(202);
    const pulled = await node.item(nursingHome, ({ id, pull }) => id === item && pull !== 'waiting');
    expect(pulled).toMatchObject({ pull: 'pulled', failure: null, status: 'completed', sender: hospital });
    expect(pulled.requests?.map(({ request, state }) => `${request} ${state}`)).toEqual([
      'AllergyIntolerance?clinical-status=active pulled',
      'Condition/1 pulled',
    ]);
    const { text } = await node.own(nursingHome, 'GET', `inbox/${item}/resources`);
    // As it is stored: no decimal loses a digit on the way. The second page was followed.
    expect(text).toContain('"onsetAge":{"value":1.10}');
    expect(text.match(/"searchset"/g)).toHaveLength(2);
    expect(await statusOf(hospital, transfer)).toBe('completed');
    expect(node.around.asked.every(({ patient }) => patient.value === bsn)).toBe(true);
    const { changes } = (
      await node.own<{ changes: { task: string; status: string; author: string }[] }>(
        hospital,
        'GET',
        'transfer-changes',
      )
    ).body;
    const own = changes.filter(({ task }) => task === transfer.tasks[0]?.id);
    expect(own.map(({ status, author }) => `${status} ${author}`)).toEqual([
      `accepted ${nursingHome}`,
      `in-progress ${nursingHome}`,
      `completed ${nursingHome}`,
    ]);
  });

  it('waits for a record that is down, and goes on where it was', { timeout: 240_000 }, async () => {
    const { item } = await offered();
    node.around.recordStatus = 503;
    await node.own(nursingHome, 'POST', `inbox/${item}/pull`);
    const waiting = await node.item(nursingHome, ({ id, failure }) => id === item && failure !== null);
    expect(waiting).toMatchObject({
      pull: 'waiting',
      failure: 'The other care provider answers with status 503',
    });
    node.around.recordStatus = 200;
    await node.item(nursingHome, ({ id, pull }) => id === item && pull === 'pulled');
  });

  it('shows what cannot be pulled, beside what can', { timeout: 240_000 }, async () => {
    const { transfer, item } = await offered({ offered: ['Condition/1', 'Condition/gone'] });
    await node.own(nursingHome, 'POST', `inbox/${item}/pull`);
    const failed = await node.item(nursingHome, ({ id, pull }) => id === item && pull === 'failed');
    expect(failed.failure).toBe('1 of 2 could not be pulled');
    expect(failed.requests?.map(({ request, state }) => `${request} ${state}`)).toEqual([
      'Condition/1 pulled',
      'Condition/gone failed',
    ]);
    expect(await statusOf(hospital, transfer)).toBe('in-progress');
  });

  it('fails when the receiver is not in the address book', { timeout: 240_000 }, async () => {
    node.around.bases.delete(pharmacy);
    try {
      const transfer = await node.offer(hospital, { ...referral, receivers: [pharmacy] });
      await vi.waitFor(async () => expect(await statusOf(hospital, transfer)).toBe('failed'), {
        timeout: 90_000,
      });
      const [task] = (await node.transfer(hospital, transfer.transfer)).tasks;
      expect(task?.statusReason).toBe('The care provider has no endpoint for transfers in the address book');
    } finally {
      node.around.bases.set(pharmacy, node.baseOf(pharmacy));
    }
  });

  it('sent twice by the same system is one transfer; another under its number is refused', async () => {
    const request = { ...referral, identifier: 'epd-1' };
    const first = await node.offer(hospital, request);
    expect((await node.offer(hospital, request)).transfer).toBe(first.transfer);
    const other = await node.own(hospital, 'POST', 'transfers', {
      ...request,
      patient: { system: identifierSystems.bsn, value: bsn },
      until: '2099-12-09',
    });
    expect(other.status).toBe(409);
  });
});

describe('what the sender gives', () => {
  it('is what is listed, to the owner, within the period', { timeout: 240_000 }, async () => {
    const transfer = await node.offer(hospital, { ...referral, kind: 'nursing-handover' });
    const id = transfer.tasks[0]?.id ?? '';
    const task = await node.peer<{ input: { type: { coding: { code: string }[] }; valueString?: string }[] }>(
      nursingHome,
      hospital,
      'GET',
      `Task/${id}`,
    );
    const key =
      task.body.input.find(({ type }) => type.coding[0]?.code === 'authorization-base')?.valueString ?? '';
    const ask = (path: string, from = nursingHome, value = key): Promise<number> =>
      node.peer(from, hospital, 'GET', path, base(value)).then(({ status }) => status);
    expect(await ask('Condition/1')).toBe(200);
    expect(await ask('AllergyIntolerance?clinical-status=active')).toBe(200);
    // Another care provider with the same base; what is not listed; a base that was never given; none.
    expect(await ask('Condition/1', pharmacy)).toBe(403);
    expect(await ask('Condition/2')).toBe(403);
    expect(await ask('Condition/1', nursingHome, `${key.slice(0, -2)}xx`)).toBe(403);
    expect((await node.peer(nursingHome, hospital, 'GET', 'Condition/1')).status).toBe(400);
    expect((await node.peer(nursingHome, pharmacy, 'GET', 'Condition/1', base(key))).status).toBe(403);
    // Each way to see more than the search that is listed.
    for (const wider of [
      'AllergyIntolerance',
      'AllergyIntolerance?clinical-status=active&clinical-status=inactive',
      'AllergyIntolerance?clinical-status=active,inactive',
      'AllergyIntolerance?clinical-status=active&_revinclude=Provenance:target',
      'AllergyIntolerance?clinical-status=active&_include=*',
      'AllergyIntolerance?clinical-status=active&patient=Patient/2',
      'AllergyIntolerance?clinical-status:not=active',
      'AllergyIntolerance?_id=3',
      'Condition',
      'Condition/1%2F..%2F2',
      'Patient/$everything',
    ])
      expect([wider, await ask(wider)]).toEqual([wider, 403]);
    await node.own(hospital, 'POST', `transfers/${transfer.transfer}/cancel`, {});
    expect(await ask('Condition/1')).toBe(403);
  });

  it('is refused where the record keeps an objection of the patient', { timeout: 240_000 }, async () => {
    const transfer = await node.offer(hospital, { ...referral, kind: 'nursing-handover' });
    const task = await node.peer<{ input: { valueString?: string }[] }>(
      nursingHome,
      hospital,
      'GET',
      `Task/${transfer.tasks[0]?.id ?? ''}`,
    );
    const key = task.body.input.at(-1)?.valueString ?? '';
    node.around.recordStatus = 403;
    try {
      expect((await node.peer(nursingHome, hospital, 'GET', 'Condition/1', base(key))).status).toBe(403);
    } finally {
      node.around.recordStatus = 200;
    }
  });

  it('ends with the period', { timeout: 240_000 }, async () => {
    const transfer = await node.offer(hospital, { ...referral, kind: 'nursing-handover' });
    const id = transfer.tasks[0]?.id ?? '';
    const task = await node.peer<{ input: { valueString?: string }[] }>(
      nursingHome,
      hospital,
      'GET',
      `Task/${id}`,
    );
    const key = task.body.input.at(-1)?.valueString ?? '';
    await node.query(`UPDATE transfer.task SET valid_until = now() - interval '1 second' WHERE id = '${id}'`);
    expect((await node.peer(nursingHome, hospital, 'GET', 'Condition/1', base(key))).status).toBe(403);
  });

  it('is recorded, granted and refused', async () => {
    const rows = await node.query<{ text: string }>(
      `SELECT payload::text AS text FROM event_log.event WHERE type = 'audit.recorded'`,
    );
    const all = rows.map(({ text }) => text).join('\n');
    for (const reason of [
      'transfer_offered',
      'own_consent_deny',
      'not_owner',
      'not_listed',
      'transfer_unknown',
      'transfer_closed',
      'transfer_expired',
    ])
      expect(all).toContain(reason);
  });
});

describe('notifications', () => {
  const send = (body: object, from = hospital, at = nursingHome) =>
    node.peer<{ id: string; status: string }>(from, at, 'POST', 'Task', { body });
  const identified = (value: string): object => ({ identifier: [{ system: 'urn:ietf:rfc:3986', value }] });

  it('are taken once, however often they come', async () => {
    const one = await send(notification(identified('urn:uuid:once')));
    const again = await send(notification(identified('urn:uuid:once')));
    expect([one.status, again.status]).toEqual([201, 200]);
    expect(again.body.id).toBe(one.body.id);
    const together = await Promise.all(
      Array.from({ length: 8 }, () => send(notification(identified('urn:uuid:together')))),
    );
    expect(together.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201]);
    expect(new Set(together.map(({ body }) => body.id)).size).toBe(1);
  });

  it('are withdrawn by who sent them, and by nobody else', async () => {
    await send(notification(identified('urn:uuid:withdrawn')));
    const path = `Task?identifier=${encodeURIComponent('urn:ietf:rfc:3986|urn:uuid:withdrawn')}`;
    const body = { resourceType: 'Task', status: 'cancelled' };
    expect((await node.peer(pharmacy, nursingHome, 'PUT', path, { body })).status).toBe(404);
    expect((await node.peer(hospital, nursingHome, 'PUT', path, { body })).status).toBe(200);
    const item = await node.item(nursingHome, ({ status }) => status === 'cancelled');
    expect((await node.own(nursingHome, 'POST', `inbox/${item.id}/pull`)).status).toBe(422);
  });

  it.each([
    ['in the name of another', { ...notification() }, pharmacy, nursingHome, 403],
    ['for another care provider than it names', notification(), hospital, pharmacy, 422],
    ['without authorization base', notification({ input: [] }), hospital, nursingHome, 422],
    ['about nobody', notification({ for: undefined }), hospital, nursingHome, 422],
    ['of another code', notification({ code: { text: 'x' } }), hospital, nursingHome, 422],
    ['that are no Task', { resourceType: 'Patient' }, hospital, nursingHome, 400],
  ])('%s are refused', async (_name, body, from, at, status) => {
    expect((await send(body, from, at)).status).toBe(status);
  });

  it.each([
    'https://elsewhere.example/Condition/1',
    '../../Condition/1',
    'Condition?patient=Patient/9',
    '//host/Condition',
  ])('that list %s are refused: only the sender from the address book is asked', async (listed) => {
    const input = (code: string, valueString: string): object => ({
      type: { coding: [{ system: 'http://fhir.nl/fhir/NamingSystem/TaskParameter', code }] },
      valueString,
    });
    const answer = await send(
      notification({ input: [input('authorization-base', 'b'), input('read-available-resource', listed)] }),
    );
    expect(answer.status).toBe(422);
  });

  it('are nobody else’s to see', async () => {
    expect((await node.own(nursingHome, 'GET', 'inbox', undefined, hospital)).status).toBe(403);
    const [item] = await node.inbox(nursingHome);
    expect((await node.own(hospital, 'GET', `inbox/${item?.id ?? ''}`)).status).toBe(404);
  });

  it('stand behind a fence in the database, of which only their tenant is on the inside', async () => {
    const rows = await node.asTenant<{ tenant: string }>(
      pharmacy,
      'SELECT DISTINCT tenant FROM transfer.inbox_item',
    );
    expect(rows).toEqual([]);
    const own = await node.asTenant<{ tenant: string }>(
      nursingHome,
      'SELECT DISTINCT tenant FROM transfer.inbox_item',
    );
    expect(own).toEqual([{ tenant: nursingHome }]);
  });

  it('are counted for who operates the node', async () => {
    const { counts, outside } = (await (await fetch(`${node.url}/status`)).json()) as {
      counts: Record<string, number>;
      outside: object[];
    };
    expect(outside).toContainEqual(expect.objectContaining({ name: 'address-book', state: 'answers' }));
    expect(counts).toMatchObject({ jointRecords: 0, pullsWaiting: 0 });
    expect(counts['notificationsGivenUp']).toBeGreaterThan(0);
    expect(counts['inbox']).toBeGreaterThan(5);
  });
});
