import { identifierSystems } from '@samenhang/data-model';
import { validateResource } from '@samenhang/fhir-r4';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bsn, hospital, nursingHome, pharmacy, RunningTransfer } from './running-transfer.js';

interface CarePlan {
  readonly id: string;
  readonly status: string;
  readonly title?: string;
  readonly contributor?: readonly object[];
  readonly goal?: readonly { readonly id: string; readonly display: string }[];
  readonly activity?: readonly { readonly id: string }[];
}

interface Outcome {
  readonly issue: readonly { readonly diagnostics: string; readonly expression?: readonly string[] }[];
}

interface Bundle<T> {
  readonly entry: readonly { readonly resource: T }[];
}

// Many requests, each with tokens of its own, take their time on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

let node: RunningTransfer;

beforeAll(async () => {
  node = await RunningTransfer.start();
}, 120_000);

afterAll(async () => {
  await node?.stop();
});

const party = (value: string): object => ({ identifier: { system: identifierSystems.ura, value } });
const plan = (more: object = {}): object => ({
  resourceType: 'CarePlan',
  status: 'active',
  intent: 'plan',
  title: 'Diabetes en dementie',
  subject: { identifier: { system: identifierSystems.bsn, value: bsn } },
  contributor: [party(nursingHome)],
  goal: [{ display: 'HbA1c onder 64' }],
  ...more,
});

const create = (body: object, from = hospital) =>
  node.joint<CarePlan>(from, hospital, 'POST', 'CarePlan', { body });
const read = (id: string, from = hospital, type = 'CarePlan') =>
  node.joint<CarePlan>(from, hospital, 'GET', `${type}/${id}`);

async function update(id: string, from: string, change: (plan: CarePlan) => object, ifMatch?: string) {
  const { body, etag } = await read(id);
  return node.joint<CarePlan & Outcome>(from, hospital, 'PUT', `CarePlan/${id}`, {
    body: { ...body, ...change(body) },
    headers: { 'if-match': ifMatch ?? etag ?? '' },
  });
}

const withGoal = (display: string) => (before: CarePlan) => ({ goal: [...(before.goal ?? []), { display }] });

describe('a care plan of several care providers', () => {
  it('holds what each contributed, with its author, in every version', async () => {
    const { status, body, etag } = await create(plan());
    expect([status, etag]).toEqual([201, 'W/"1"']);
    const second = await update(body.id, nursingHome, withGoal('Dagelijks wandelen'));
    expect([second.status, second.etag]).toEqual([200, 'W/"2"']);
    expect(validateResource(second.body)).toEqual([]);
    const authors = JSON.stringify(second.body.goal);
    expect(authors).toContain(hospital);
    expect(authors).toContain(nursingHome);
    const history = await node.joint<Bundle<CarePlan>>(
      nursingHome,
      hospital,
      'GET',
      `CarePlan/${body.id}/_history`,
    );
    expect(history.body.entry.map(({ resource }) => resource.goal?.length)).toEqual([2, 1]);
    const first = await node.joint<CarePlan>(hospital, hospital, 'GET', `CarePlan/${body.id}/_history/1`);
    expect([first.etag, first.body.goal?.length]).toEqual(['W/"1"', 1]);
    expect((await node.joint(hospital, hospital, 'GET', `CarePlan/${body.id}/_history/9`)).status).toBe(404);
    const provenance = await node.joint<
      Bundle<{
        agent: { who: { identifier: { value: string } } }[];
        entity?: { what: { display: string } }[];
      }>
    >(hospital, hospital, 'GET', `Provenance?target=CarePlan/${body.id}`);
    expect(provenance.body.entry.flatMap(({ resource }) => validateResource(resource))).toEqual([]);
    expect(
      provenance.body.entry.map(({ resource }) => resource.agent.map(({ who }) => who.identifier.value)),
    ).toEqual([
      [nursingHome, hospital],
      [hospital, hospital],
    ]);
    expect(provenance.body.entry[0]?.resource.entity?.[0]?.what.display).toMatch(
      /^added: CarePlan\.goal\.where/,
    );
  });

  it('is changed by one at a time: the other is told what changed meanwhile', async () => {
    const { id } = (await create(plan())).body;
    const both = await Promise.all([
      update(id, hospital, withGoal('een'), 'W/"1"'),
      update(id, nursingHome, withGoal('twee'), 'W/"1"'),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
    const late = both.find(({ status }) => status === 412);
    expect(late?.body.issue[0]?.diagnostics).toMatch(
      /^Version 2 is the last one; written since version 1 by \d{8}$/,
    );
    expect(late?.body.issue[1]).toMatchObject({
      diagnostics: 'added',
      expression: [expect.stringMatching(/^CarePlan\.goal\.where\(id='[\w-]+'\)$/)],
    });
    expect((await read(id)).etag).toBe('W/"2"');
    // Nothing is lost by looking again: the late one adds to what there is.
    expect((await update(id, nursingHome, withGoal('drie'))).body.goal).toHaveLength(3);
  });

  it.each([
    [
      'changes what another contributed',
      ({ goal = [] }: CarePlan) => ({ goal: [{ ...goal[0], display: 'anders' }] }),
    ],
    ['leaves out what another contributed', () => ({ goal: undefined })],
    ['changes the title', () => ({ title: 'anders' })],
    ['takes part for somebody else', () => ({ contributor: [party(nursingHome), party(pharmacy)] })],
  ])('refuses an author who %s', async (_name, change) => {
    const { id } = (await create(plan())).body;
    const { status, body } = await update(id, nursingHome, change);
    expect(status).toBe(403);
    expect(body.issue[0]?.expression).toHaveLength(1);
    expect((await read(id)).etag).toBe('W/"1"');
  });

  it('lets an author change and take back its own', async () => {
    const { id } = (await create(plan())).body;
    await update(id, nursingHome, withGoal('wandelen'));
    const changed = await update(id, nursingHome, ({ goal = [] }) => ({
      goal: goal.map((each, index) => (index === 1 ? { ...each, display: 'fietsen' } : each)),
    }));
    expect(changed.body.goal?.[1]?.display).toBe('fietsen');
    const taken = await update(id, nursingHome, ({ goal = [] }) => ({ goal: goal.slice(0, 1) }));
    expect([taken.status, taken.body.goal?.length]).toEqual([200, 1]);
  });

  it('is open to who takes part, and to nobody else', async () => {
    const { id } = (await create(plan())).body;
    expect((await read(id, nursingHome)).status).toBe(200);
    expect((await read(id, pharmacy)).status).toBe(403);
    expect((await update(id, pharmacy, withGoal('x'))).status).toBe(403);
    expect((await create(plan(), nursingHome)).status).toBe(403);
    // At another keeper there is no such record, whoever asks.
    expect((await node.joint(nursingHome, nursingHome, 'GET', `CarePlan/${id}`)).status).toBe(404);
    await update(id, hospital, () => ({ contributor: [party(pharmacy)] }));
    expect((await read(id, nursingHome)).status).toBe(403);
    expect((await read(id, pharmacy)).status).toBe(200);
  });

  it('stays with its patient, and is a valid resource', async () => {
    const { id } = (await create(plan())).body;
    const other = { subject: { identifier: { system: identifierSystems.bsn, value: '900186021' } } };
    expect((await update(id, hospital, () => other)).status).toBe(422);
    expect((await create({ ...plan(), status: 'dreamt' })).status).toBe(422);
    expect((await create({ ...plan(), subject: { display: 'B' } })).status).toBe(422);
    const stored = await node.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM transfer.joint_version WHERE body::text LIKE '%${bsn}%'`,
    );
    expect(stored[0]?.n).toBe(0);
  });
});

describe('a care team of several care providers', () => {
  it('has the members that the keeper named: a member brings no other', async () => {
    const member = (ura: string): object => ({ member: party(ura) });
    const body = {
      resourceType: 'CareTeam',
      subject: { identifier: { system: identifierSystems.bsn, value: bsn } },
      participant: [member(nursingHome)],
    };
    const { body: team } = await node.joint<CarePlan & { participant: object[] }>(
      hospital,
      hospital,
      'POST',
      'CareTeam',
      { body },
    );
    const put = await node.joint(nursingHome, hospital, 'PUT', `CareTeam/${team.id}`, {
      body: { ...team, participant: [...team.participant, member(pharmacy)] },
      headers: { 'if-match': 'W/"1"' },
    });
    expect(put.status).toBe(200);
    expect((await read(team.id, nursingHome, 'CareTeam')).status).toBe(200);
    expect((await read(team.id, pharmacy, 'CareTeam')).status).toBe(403);
  });
});
