import { validateResource } from '@samenhang/fhir-r4';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Task } from '../src/tasks/task.js';
import {
  hospital,
  nursingHome,
  pharmacy,
  RunningTransfer,
  type Item,
  type Transfer,
} from './running-transfer.js';

// Many requests, each with tokens of its own, take their time on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

let node: RunningTransfer;

beforeAll(async () => {
  node = await RunningTransfer.start();
  node.around.resources.set('Condition/1', '{"resourceType":"Condition","id":"1","subject":{"display":"B"}}');
}, 120_000);

afterAll(async () => {
  await node?.stop();
});

const composition = {
  resourceType: 'Composition',
  status: 'final',
  type: { coding: [{ system: 'http://snomed.info/sct', code: '371535009' }] },
  date: '2026-12-01T10:00:00Z',
  author: [{ display: 'Verpleegafdeling' }],
  title: 'Verpleegkundige overdracht',
  section: [
    { title: 'Zorgproblemen', entry: [{ reference: 'Condition/1' }, { reference: 'Condition/not-offered' }] },
  ],
};
const handover = {
  kind: 'nursing-handover',
  receivers: [nursingHome],
  offered: ['Condition/1'],
  documents: [{ code: '11171000146100', resource: composition }],
};

interface OperationOutcome {
  readonly issue: readonly { readonly diagnostics: string; readonly expression?: readonly string[] }[];
}

const readTask = (id: string, from = nursingHome) => node.peer<Task>(from, hospital, 'GET', `Task/${id}`);

async function put(id: string, changes: object, ifMatch?: string, from = nursingHome) {
  const { body, etag } = await readTask(id);
  const headers = { 'if-match': ifMatch ?? etag ?? '' };
  return node.peer<Task & OperationOutcome>(from, hospital, 'PUT', `Task/${id}`, {
    body: { ...body, ...changes },
    headers,
  });
}

const taskOf = ({ tasks }: Transfer, owner = nursingHome): string =>
  tasks.find((task) => task.owner === owner)?.id ?? '';

describe('eOverdracht', () => {
  it(
    'goes from requested to completed, step by step, with the sender in the know',
    { timeout: 240_000 },
    async () => {
      const transfer = await node.offer(hospital, handover);
      const id = taskOf(transfer);
      const statuses: number[] = [];
      expect(validateResource((await readTask(id)).body)).toEqual([]);
      for (const status of ['received', 'accepted', 'in-progress', 'completed'])
        statuses.push((await put(id, { status })).status);
      expect(statuses).toEqual([200, 200, 200, 200]);
      const { changes } = (
        await node.own<{ changes: { task: string; status: string; position: number }[] }>(
          hospital,
          'GET',
          'transfer-changes?after=0',
        )
      ).body;
      const own = changes.filter(({ task }) => task === id);
      expect(own.map(({ status }) => status)).toEqual(['received', 'accepted', 'in-progress', 'completed']);
      const later = await node.own<{ changes: unknown[] }>(
        hospital,
        'GET',
        `transfer-changes?after=${own.at(-1)?.position ?? 0}`,
      );
      expect(later.body.changes).toEqual([]);
    },
  );

  it('refuses a step that is not possible, with an OperationOutcome', async () => {
    const id = taskOf(await node.offer(hospital, handover));
    const { status, body } = await put(id, { status: 'completed' });
    expect(status).toBe(422);
    expect(body.issue[0]).toMatchObject({
      diagnostics: 'From requested the receiver may go to: received, accepted, rejected, on-hold',
      expression: ['Task.status'],
    });
    expect((await put(id, { status: 'cancelled' })).status).toBe(422);
    expect((await put(id, { status: 'dreamt' })).status).toBe(422);
    expect((await readTask(id)).body.status).toBe('requested');
  });

  it('answers 412 to a version that is not the last, and 400 to none', async () => {
    const id = taskOf(await node.offer(hospital, handover));
    expect((await put(id, { status: 'accepted' }, 'W/"1"')).status).toBe(200);
    expect((await put(id, { status: 'in-progress' }, 'W/"1"')).status).toBe(412);
    expect((await put(id, { status: 'in-progress' }, '*')).status).toBe(400);
    const together = await Promise.all(
      Array.from({ length: 6 }, () => put(id, { status: 'in-progress' }, 'W/"2"')),
    );
    expect(together.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412, 412]);
  });

  it('lets a receiver change the status and nothing else, and nobody else anything', async () => {
    const id = taskOf(await node.offer(hospital, handover));
    const wider = await put(id, { status: 'accepted', input: [], restriction: {}, owner: {} });
    expect(wider.status).toBe(422);
    expect(wider.body.issue.flatMap(({ expression }) => expression ?? []).sort()).toEqual([
      'Task.input',
      'Task.owner',
      'Task.restriction',
    ]);
    expect((await put(id, { status: 'accepted' }, undefined, pharmacy)).status).toBe(403);
    expect((await readTask(id, pharmacy)).status).toBe(403);
    expect((await node.peer(nursingHome, pharmacy, 'GET', `Task/${id}`)).status).toBe(404);
  });

  it('waits on hold, is rejected with a reason, begins at once when it was agreed on', async () => {
    const id = taskOf(await node.offer(hospital, handover));
    expect((await put(id, { status: 'on-hold' })).status).toBe(200);
    expect((await put(id, { status: 'rejected', statusReason: { text: 'Geen plaats' } })).status).toBe(200);
    expect((await put(id, { status: 'accepted' })).status).toBe(422);
    const direct = await node.offer(hospital, { ...handover, inProgress: true });
    expect(direct.tasks[0]?.status).toBe('in-progress');
    expect((await put(taskOf(direct), { status: 'completed' })).status).toBe(200);
  });

  it(
    'lets the sender choose one of several candidates, which cancels the others',
    { timeout: 240_000 },
    async () => {
      const offer = await node.offer(hospital, { ...handover, receivers: [nursingHome, pharmacy] });
      const [x, y] = [taskOf(offer), taskOf(offer, pharmacy)];
      await put(x, { status: 'accepted' });
      const path = `transfers/${offer.transfer}/select`;
      const { body } = await node.own<Transfer>(hospital, 'POST', path, { task: x });
      expect(body.tasks.map(({ owner, status, businessStatus }) => [owner, status, businessStatus])).toEqual([
        [nursingHome, 'accepted', 'selected'],
        [pharmacy, 'cancelled', undefined],
      ]);
      const told = await node.item(pharmacy, ({ status }) => status === 'cancelled');
      expect(told.sender).toBe(hospital);
      expect((await node.own(hospital, 'POST', path, { task: y })).status).toBe(422);
      const begun = await node.own<Transfer>(hospital, 'POST', `transfers/${offer.transfer}/steps`, {
        task: x,
        status: 'in-progress',
      });
      expect(begun.status).toBe(200);
      expect((await node.own(hospital, 'POST', `transfers/${offer.transfer}/cancel`, {})).status).toBe(422);
    },
  );

  it('gives the handover as a document, of what is offered', { timeout: 240_000 }, async () => {
    const before = new Set((await node.inbox(nursingHome)).map(({ id }) => id));
    const offer = await node.offer(hospital, handover);
    const { id } = await node.item(nursingHome, (item) => !before.has(item.id));
    await node.own(nursingHome, 'POST', `inbox/${id}/pull`);
    const item = await node.item(nursingHome, (each) => each.id === id && each.pull === 'pulled');
    const document = item.requests?.find(({ request }) => request.endsWith('/$document'));
    expect(document?.state).toBe('pulled');
    const { body } = await node.own<{
      requests: {
        request: string;
        answers: { type: string; entry: { resource: { resourceType: string } }[] }[];
      }[];
    }>(nursingHome, 'GET', `inbox/${id}/resources`);
    const bundle = body.requests.find(({ request }) => request === document?.request)?.answers[0];
    expect(bundle?.type).toBe('document');
    expect(validateResource(bundle)).toEqual([]);
    expect(bundle?.entry.map(({ resource }) => resource.resourceType)).toEqual(['Composition', 'Condition']);
    // Nobody judged the handover yet: pulling does not accept it.
    expect((await node.transfer(hospital, offer.transfer)).tasks[0]?.status).toBe('requested');
  });

  it(
    'takes the receiver’s steps by way of its inbox, on what it has seen',
    { timeout: 240_000 },
    async () => {
      const before = new Set((await node.inbox(nursingHome)).map(({ id }) => id));
      const offer = await node.offer(hospital, handover);
      const item = await node.item(
        nursingHome,
        ({ id, kind }) => !before.has(id) && kind === 'nursing-handover',
      );
      const step = (status: string) =>
        node.own<Item>(nursingHome, 'POST', `inbox/${item.id}/steps`, { status });
      await vi.waitFor(async () => expect((await step('accepted')).status).toBe(200), { timeout: 90_000 });
      // Another system of the receiver goes on at the sender itself: what the inbox shows is old, until it is looked at.
      await put(taskOf(offer), { status: 'in-progress' });
      expect((await step('completed')).status).toBe(412);
      expect((await step('completed')).status).toBe(200);
    },
  );
});

describe('what is to be told', () => {
  it('outlives the process, and is told once', { timeout: 240_000 }, async () => {
    node.around.bases.set(nursingHome, 'http://127.0.0.1:1/tenants/33333333/fhir');
    await node.stopService();
    await node.startService({ TRANSFER_SERVERS: '127.0.0.1' });
    const before = new Set((await node.inbox(nursingHome)).map(({ id }) => id));
    const offer = await node.offer(hospital, handover);
    await vi.waitFor(
      async () => {
        const [task] = (await node.transfer(hospital, offer.transfer)).tasks;
        expect(task?.deliveries[0]?.lastFailure).toBe('The other care provider cannot be reached');
      },
      { timeout: 90_000 },
    );
    await node.stopService();
    node.around.bases.set(nursingHome, node.baseOf(nursingHome));
    await node.startService();
    const item = await node.item(nursingHome, ({ id }) => !before.has(id));
    expect(item.sender).toBe(hospital);
    await vi.waitFor(
      async () => {
        const [task] = (await node.transfer(hospital, offer.transfer)).tasks;
        expect(task?.deliveries[0]?.deliveredAt).not.toBeNull();
      },
      { timeout: 90_000 },
    );
    expect((await node.inbox(nursingHome)).filter(({ id }) => !before.has(id))).toHaveLength(1);
  });

  it.each([
    'http://10.0.0.7/fhir',
    'http://169.254.169.254/latest',
    'https://localhost/fhir',
    'file:///etc/passwd',
  ])(
    'goes to no address that the deployment does not let be called: %s',
    { timeout: 240_000 },
    async (address) => {
      node.around.bases.set(pharmacy, address);
      await node.stopService();
      await node.startService();
      try {
        const offer = await node.offer(hospital, { ...handover, receivers: [pharmacy] });
        await vi.waitFor(
          async () => {
            const [task] = (await node.transfer(hospital, offer.transfer)).tasks;
            expect(task?.deliveries[0]?.lastFailure).toMatch(
              /^The address of the care provider|^The other care provider cannot be reached$/,
            );
          },
          { timeout: 90_000 },
        );
      } finally {
        node.around.bases.set(pharmacy, node.baseOf(pharmacy));
      }
    },
  );
});
