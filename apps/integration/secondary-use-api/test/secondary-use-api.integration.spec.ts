import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withClient } from '@samenhang/persistence';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  application,
  deskAt,
  DIABETES,
  noord,
  PATIENCE,
  people,
  RARE,
  table,
  zuid,
  type ProjectDesk,
} from './project-desk.js';
import { checker, researcher, RunningSecondaryUseApi, type Answer } from './running-secondary-use-api.js';

let api: RunningSecondaryUseApi;
let desk: ProjectDesk;

beforeAll(async () => {
  api = await RunningSecondaryUseApi.start();
  desk = deskAt(api);
}, 120_000);
afterAll(() => api?.stop());
beforeEach(() => {
  api.platform.holders.set(noord, { persons: people(0, 60), mood: 'well' });
  api.platform.holders.set(zuid, { persons: people(50, 80), mood: 'well' });
});

const use: ProjectDesk['use'] = (...of) => desk.use(...of);
const check: ProjectDesk['check'] = (...of) => desk.check(...of);
const assess: ProjectDesk['assess'] = (...of) => desk.assess(...of);
const applied: ProjectDesk['applied'] = (...of) => desk.applied(...of);
const granted: ProjectDesk['granted'] = (...of) => desk.granted(...of);
const ended: ProjectDesk['ended'] = (...of) => desk.ended(...of);
const released: ProjectDesk['released'] = (...of) => desk.released(...of);

const count = (permit: string, ...conditions: readonly (readonly [string, string])[]): Promise<Answer> =>
  use(`/permits/${permit}/counts`, {
    conditions: conditions.map(([dimension, value]) => ({ dimension, value })),
  });

describe('A permit', () => {
  it('is decided by another organisation, once, and is registered for pseudonyms of its own', async () => {
    const id = await applied();
    expect((await assess(id, 'grant', researcher)).status).toBe(403);
    expect((await use(`/permits/${id}/outputs`, table)).status).toBe(403);
    expect((await assess(id, 'grant')).status).toBe(200);
    expect(api.platform.registered).toContain(`project-${id}`);
    expect((await assess(id, 'grant')).status).toBe(409);
    expect((await assess(id, 'reject')).status).toBe(409);
  });

  it('does not exist for another organisation, nor what is made under it', async () => {
    const id = await granted();
    const output = await ended(id);
    for (const path of [`/permits/${id}`, `/permits/${id}/outputs`, `/outputs/${String(output.body['id'])}`])
      expect((await use(path, undefined, checker)).status).toBe(404);
    expect((await use(`/permits/${id}/outputs`, table, checker)).status).toBe(404);
    expect((await use('/permits', undefined, checker)).text).not.toContain(id);
  });

  it('holds from grant to withdrawal, as its custodians hear, and nobody else', async () => {
    const id = await applied();
    const asked = (organisation = noord, scope = 'permits:standing') =>
      api.ask(scope, organisation, `/permits/${id}/standing`);
    expect((await asked()).body).toEqual({ holds: false });
    await assess(id, 'grant');
    expect((await asked()).body).toEqual({ holds: true });
    expect((await asked(checker)).status).toBe(404);
    expect((await asked(noord, 'research:use')).status).toBe(403);
    await assess(id, 'withdraw');
    expect((await asked()).body).toEqual({ holds: false });
  });

  it('gives no more than was applied for', async () => {
    for (const changes of [
      { datasets: [{ type: 'Patient', elements: ['name'] }] },
      { datasets: [{ type: 'Patient', elements: ['identifier'] }] },
      { datasets: [{ type: 'Observation', elements: ['valueString'] }] },
      { datasets: [{ type: 'DocumentReference', elements: ['content'] }] },
      { datasets: [{ type: 'Patient', elements: ['__proto__'] }] },
      { purpose: 'marketing' },
      { custodians: ['../x'] },
      { period: { from: '2027-01-01', until: '2025-01-01' } },
    ])
      expect((await use('/permits', { ...application, ...changes })).status).toBe(400);
    const id = await granted({ datasets: [{ type: 'Patient', elements: ['gender'] }] });
    const ofConditions = { ...table, view: { ...table.view, resource: 'Condition' } };
    expect((await use(`/permits/${id}/outputs`, ofConditions)).status).not.toBe(202);
    expect((await count(id, ['diagnosis', DIABETES])).status).toBe(403);
    const ofCounts = await granted({ outputKind: 'counts' });
    expect((await use(`/permits/${ofCounts}/outputs`, table)).status).toBe(403);
    await ended(id);
    expect(api.platform.terms.at(-1)?.datasets).toEqual([{ type: 'Patient', elements: ['gender'] }]);
  });

  it('ends what runs under it when it is withdrawn, and what was released is no longer given', async () => {
    const id = await granted();
    const output = await released(id);
    expect((await use(`/outputs/${output}/file`)).status).toBe(200);
    api.platform.holders.set(noord, { persons: [], mood: 'never' });
    const running = await use(`/permits/${id}/outputs`, table);
    const before = api.platform.terms.length;
    await vi.waitFor(() => expect(api.platform.terms.length).toBeGreaterThanOrEqual(before), PATIENCE);
    await vi.waitFor(() => expect(api.platform.terms.at(-1)?.permitId).toBe(id), PATIENCE);
    await vi.waitFor(async () => {
      const { body } = await use(`/outputs/${String(running.body['id'])}`);
      expect(body).toMatchObject({ status: 'running', progress: { questions: 2, done: 1 } });
    }, PATIENCE);
    expect((await assess(id, 'withdraw')).status).toBe(200);
    await vi.waitFor(async () => {
      const { body } = await use(`/outputs/${String(running.body['id'])}`);
      expect(body).toMatchObject({ status: 'failed', problem: expect.stringContaining('withdrawn') });
      expect(body).not.toHaveProperty('progress');
    }, PATIENCE);
    await vi.waitFor(() => expect(api.platform.hungUp).toBeGreaterThan(0), PATIENCE);
    expect((await use(`/outputs/${output}/file`)).status).toBe(403);
    expect((await use(`/permits/${id}/outputs`, table)).status).toBe(403);
  });

  it('ends by itself', async () => {
    const id = await granted();
    await withClient(api.database.url, (client) =>
      client.query(
        `UPDATE secondary_use_api.permit SET expires_at = now() - interval '1 second' WHERE id = $1`,
        [id],
      ),
    );
    expect((await use(`/permits/${id}/outputs`, table)).status).toBe(403);
  });
});

describe('An output', () => {
  it('is a table in which nobody stands out, with a report, and no pseudonyms', async () => {
    const id = await released(await granted());
    const { text } = await use(`/outputs/${id}/file`);
    const [header, ...rows] = text.trimEnd().split('\r\n');
    expect(header).toBe('gender,birth_year');
    const classes = Map.groupBy(rows, (row) => row);
    for (const members of classes.values()) expect(members.length).toBeGreaterThanOrEqual(10);
    const { report } = (await use(`/outputs/${id}`)).body as { report: { k: number } };
    expect(report.k).toBeGreaterThanOrEqual(10);
  });

  it('of which nothing can leave is held', async () => {
    api.platform.holders.set(noord, { persons: people(0, 4), mood: 'well' });
    api.platform.holders.set(zuid, { persons: [], mood: 'well' });
    expect((await ended(await granted())).body['status']).toBe('held');
  });

  it('says which holders are missing, and uses nothing of one that broke off or speaks of another project', async () => {
    const pseudonymised = await granted({
      outputKind: 'pseudonymised',
      custodians: [noord, zuid, '33333333'],
    });
    for (const [mood, status] of [
      ['down', 'unreachable'],
      ['breaks-off', 'unreachable'],
      ['other-project', 'invalid'],
    ] as const) {
      api.platform.holders.set(noord, { persons: people(0, 60), mood });
      const output = await ended(pseudonymised);
      expect(output.body['holders'], mood).toEqual([
        { custodian: noord, status },
        { custodian: zuid, status: 'ok' },
        { custodian: '33333333', status: 'no-endpoint' },
      ]);
      expect(output.body['report']).toMatchObject({ rows: 30 });
    }
  });

  it('calls a person the same at all holders, and otherwise in another project', async () => {
    const names = async (permit: string) => {
      const id = await released(permit, { ...table, format: 'ndjson' });
      const rows = (await use(`/outputs/${id}/file`)).text.trimEnd().split('\n');
      return rows.map((row) => (JSON.parse(row) as { person: string }).person);
    };
    const first = await names(await granted({ outputKind: 'pseudonymised' }));
    const second = await names(await granted({ outputKind: 'pseudonymised' }));
    expect(first).toHaveLength(90);
    expect(new Set(first).size).toBe(80);
    expect(first.filter((name) => second.includes(name))).toEqual([]);
    expect([...first].sort()).toEqual(first);
  });

  it('is not released with somebody in it who objects since, nor by who asked for it', async () => {
    const output = await ended(await granted({ outputKind: 'pseudonymised' }));
    const path = `/checks/outputs/${String(output.body['id'])}/release`;
    expect((await check(path, {}, researcher)).status).toBe(403);
    api.platform.holders.set(noord, { persons: people(1, 60), mood: 'well' });
    expect((await check(path, {})).status).toBe(409);
    api.platform.holders.set(noord, { persons: [], mood: 'down' });
    expect((await check(path, {})).status).toBe(503);
    expect((await use(`/outputs/${String(output.body['id'])}/file`)).status).toBe(409);
  });

  it('is found by whoever is in it, once it is released', async () => {
    const permit = await granted({ outputKind: 'pseudonymised' });
    const id = await released(permit, { ...table, format: 'ndjson' });
    const [first = ''] = (await use(`/outputs/${id}/file`)).text.split('\n');
    const { person } = JSON.parse(first) as { person: string };
    // Neither one that waits to be looked at nor one that was refused is a release.
    await ended(permit);
    const refused = String((await ended(permit)).body['id']);
    expect((await check(`/checks/outputs/${refused}/refuse`, {})).status).toBe(200);
    const found = await check('/checks/releases/_search', { pseudonym: person });
    expect(found.body['releases']).toMatchObject([{ id, permitId: permit }]);
  });

  it('is given as Parquet, and not at all when the file was changed', async () => {
    const permit = await granted({ outputKind: 'pseudonymised' });
    const id = await released(permit, { ...table, format: 'parquet' });
    const file = await use(`/outputs/${id}/file`);
    expect(file.status).toBe(200);
    expect(file.text.startsWith('PAR1')).toBe(true);
    await appendFile(join(api.airlock, id, 'table.parquet'), 'x');
    expect((await use(`/outputs/${id}/file`)).status).toBe(409);
  });

  it('is made anew when the service stopped while it was made', async () => {
    const permit = await granted();
    api.platform.holders.set(noord, { persons: [], mood: 'down' });
    const output = await ended(permit);
    const id = String(output.body['id']);
    await api.stopService();
    // As a process that is killed leaves it.
    await withClient(api.database.url, (client) =>
      client.query(`UPDATE secondary_use_api.output SET status = 'running' WHERE id = $1`, [id]),
    );
    api.platform.holders.set(noord, { persons: people(0, 60), mood: 'well' });
    await api.startService();
    await vi.waitFor(async () => {
      const { body } = await use(`/outputs/${id}`);
      expect(body['status']).toBe('checking');
      expect(body['holders']).toEqual([
        { custodian: noord, status: 'ok' },
        { custodian: zuid, status: 'ok' },
      ]);
    }, PATIENCE);
  });
});

describe('A count', () => {
  it('is about persons, rounded, and the same again', async () => {
    const permit = await granted();
    const first = await count(permit, ['diagnosis', DIABETES]);
    expect(first.status, first.text).toBe(200);
    expect(first.body).toMatchObject({ kind: 'count', holders: [{ status: 'ok' }, { status: 'ok' }] });
    const { count: answered } = first.body as { count: number };
    expect(answered % 5).toBe(0);
    expect(Math.abs(answered - 40)).toBeLessThanOrEqual(15);
    expect((await count(permit, ['diagnosis', DIABETES])).body['count']).toBe(answered);
  });

  it('of few is withheld, and so is what would tell them apart, under whichever permit', async () => {
    const permit = await granted();
    expect((await count(permit, ['diagnosis', RARE])).body['kind']).toBe('withheld');
    await count(permit, ['diagnosis', DIABETES]);
    const another = await granted({ title: 'The same persons again' });
    // All but one of those who were counted before.
    api.platform.holders.set(noord, { persons: people(1, 60), mood: 'well' });
    expect((await count(another, ['diagnosis', DIABETES])).body['kind']).toBe('withheld');
    const narrowed = await count(another, ['diagnosis', DIABETES], ['diagnosis', RARE]);
    expect(narrowed.body['kind']).toBe('withheld');
  });

  it('is withheld where a condition leaves out hardly anyone of the others, also as the first question', async () => {
    const persons = people(0, 100).map((person, place) => ({
      ...person,
      codes: place < 60 ? [DIABETES] : [],
      gender: place > 2 && place < 60 ? 'female' : 'male',
    }));
    api.platform.holders.set(noord, { persons, mood: 'well' });
    api.platform.holders.set(zuid, { persons: [], mood: 'well' });
    const other = '90000010';
    const path = `/permits/${await granted({}, other)}/counts`;
    const diabetes = { dimension: 'diagnosis', value: DIABETES };
    const women = { dimension: 'gender', value: 'female' };
    const narrow = await use(path, { conditions: [diabetes, women] }, other);
    expect(narrow.body['kind'], narrow.text).toBe('withheld');
    expect((await use(path, { conditions: [diabetes] }, other)).body['kind']).toBe('count');
  });

  it('takes a closed list of what can be asked', async () => {
    const permit = await granted();
    for (const [dimension, value] of [
      ['name', 'Jansen'],
      ['__proto__', 'x'],
      ['diagnosis', `x') or ('1' = '1`],
      ['gender', "female' or true"],
    ] as const)
      expect((await count(permit, [dimension, value])).status).toBe(400);
    expect(
      (await count(permit, ...(['1', '2', '3', '4'] as const).map((value) => ['diagnosis', value] as const)))
        .status,
    ).toBe(400);
  });

  it('does not begin while a holder is away', async () => {
    const other = '90000009';
    const permit = await granted({}, other);
    api.platform.holders.set(zuid, { persons: [], mood: 'down' });
    const answer = await use(
      `/permits/${permit}/counts`,
      { conditions: [{ dimension: 'gender', value: 'female' }] },
      other,
    );
    expect(answer.status).toBe(503);
    expect(answer.text).toContain(zuid);
  });
});

describe('Parquet', () => {
  it('reads back what was written', async () => {
    const { writeTable } = await import('../src/outputs/write-table.js');
    const bytes = await writeTable(
      {
        columns: ['a', 'b'],
        rows: [
          ['1', null],
          ['=x', 'ü'],
        ],
      },
      'parquet',
    );
    const file = new Uint8Array(bytes).buffer;
    expect(await parquetReadObjects({ file })).toEqual([
      { a: '1', b: null },
      { a: '=x', b: 'ü' },
    ]);
    const csv = await writeTable(
      {
        columns: ['a', 'b'],
        rows: [
          ['-1', '=x'],
          ['a"b', null],
        ],
      },
      'csv',
    );
    expect(csv.toString()).toBe(`a,b\r\n-1,'=x\r\n"a""b",\r\n`);
  });
});
