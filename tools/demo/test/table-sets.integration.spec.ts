import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MllpSender } from '../src/index.js';
import { RunningFlow } from './running-flow.js';

const result = (controlId: string, number: string, unit = 'mmol per liter'): string =>
  [
    `MSH|^~\\&|LIS|HOSPITAL|SAMENHANG|NODE|20261121080000||ORU^R01^ORU_R01|${controlId}|P|2.5|||||NLD|UNICODE UTF-8`,
    `PID|1||${number}^^^HOSPITAL^PI||Jansen^Piet||19700101|M`,
    `OBR|1|P${controlId}|F${controlId}|24323-8^Panel^LN|||202607010815|||||||||||||||||CH|F`,
    `OBX|1|NM|2345-7^Glucose^LN||5,6|${unit}||||||F`,
    '',
  ].join('\r');

const expectation = { resourceType: 'Observation', path: 'valueQuantity.code', value: 'mmol/L' };
const tests = [
  { name: 'a unit in words', format: 'hl7v2', message: result('T', '1'), expect: [expectation] },
];
const files = { units: { folded: { mmolperliter: 'mmol/L' } } };

interface Preview {
  readonly summary: Record<string, number>;
  readonly messages: readonly { readonly resources: readonly { readonly elements: string[] }[] }[];
}

describe('a set of code tables', () => {
  let flow: RunningFlow;
  let sender: MllpSender;

  beforeAll(async () => {
    flow = await RunningFlow.start();
    sender = new MllpSender({ host: '127.0.0.1', port: await flow.declareMllp('lis') });
  });
  afterAll(async () => {
    sender.close();
    await flow.stop();
  });

  const ask = <T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; body: T }> => flow.request<T>('normalise', method, `/table-sets${path}`, body);
  const send = async (...messages: string[]): Promise<void> => {
    for (const message of messages) expect((await sender.send(message)).code).toBe('AA');
    await flow.settled();
  };
  const units = (): Promise<{ code: string | null; version: string }[]> =>
    flow.rows(
      `SELECT body::json #>> '{valueQuantity,code}' AS code, mapping_version AS version FROM record.resource
        WHERE type = 'Observation' AND NOT deleted ORDER BY source_position`,
    );
  const preview = async (tables?: number): Promise<Preview> => {
    const order = { source: 'lis', ...(tables === undefined ? {} : { tables }) };
    const { status, body } = await flow.request<Preview>('ingest', 'POST', '/replays/dry-run', order);
    expect(status).toBe(200);
    return body;
  };

  it('is refused, with file and entry, when it cannot be read or does not pass its own tests', async () => {
    const unreadable = await ask('POST', '', { files: { units: { folded: { 'X Y': 'mmol/L' } } }, tests });
    expect(unreadable.status).toBe(422);
    expect(JSON.stringify(unreadable.body)).toContain('units: folded.X Y');
    const failing = await ask('POST', '', { files: { units: { folded: { other: 'mmol/L' } } }, tests });
    expect(failing.status).toBe(422);
    expect(JSON.stringify(failing.body)).toContain('a unit in words');
    expect((await ask('POST', '/validate', { files, tests: [] })).status).toBe(422);
    expect((await ask('POST', '/validate', { files, tests })).status).toBe(204);
    expect((await ask<{ active: unknown; sets: unknown[] }>('GET', '')).body).toMatchObject({
      active: null,
      sets: [],
    });
  });

  it('is tried on stored messages before it is used, and leaves them as they are', async () => {
    await send(result('1', '100'));
    expect((await units())[0]?.code).toBeNull();
    expect((await ask('POST', '', { files, tests, note: 'units of the laboratory' })).body).toMatchObject({
      version: 1,
      activatedAt: null,
      files: ['units'],
    });
    expect((await preview()).summary['changed']).toBe(0);
    const difference = await preview(1);
    expect(difference.summary['changed']).toBe(1);
    expect(JSON.stringify(difference.messages)).toContain('valueQuantity.code');
    expect((await units())[0]?.code).toBeNull();
  });

  it('is followed from its activation on, named in the version, and told of', async () => {
    expect((await ask('POST', '/1/activate')).status).toBe(200);
    await send(result('2', '200'));
    const [before, after] = await units();
    expect(before?.code).toBeNull();
    expect(after).toEqual({
      code: 'mmol/L',
      version: expect.stringMatching(/^[\d.]+\+tables\.1$/) as string,
    });
    const told = await flow.rows<{ payload: string }>(
      `SELECT payload FROM event_log.event WHERE type = 'mapping.tables-activated'`,
    );
    expect(told.map(({ payload }) => JSON.parse(payload) as unknown)).toMatchObject([{ tables: 1 }]);
    expect((await ask('POST', '/1/activate')).status).toBe(409);
    expect((await ask('POST', '/7/activate')).status).toBe(404);
  });

  it('is taken back by a later set of the same tables, and a replay follows that', async () => {
    expect((await ask('POST', '/0/rollback')).body).toMatchObject({ version: 2, files: [] });
    await send(result('3', '300'));
    expect((await units()).map(({ code }) => code)).toEqual([null, 'mmol/L', null]);
    expect((await ask('POST', '/1/rollback')).body).toMatchObject({ version: 3, copyOf: 1 });
    expect((await flow.request('ingest', 'POST', '/replays', { source: 'lis' })).status).toBe(202);
    await expect
      .poll(async () => (await units()).map(({ code }) => code), { timeout: 20_000 })
      .toEqual(['mmol/L', 'mmol/L', 'mmol/L']);
    expect((await units()).every(({ version }) => version.includes('+tables.3.'))).toBe(true);
    const listed = await ask<{ active: number; sets: { version: number }[] }>('GET', '');
    const last = await flow.request<{ selected: number; messages: { position: number }[] }>(
      'ingest',
      'POST',
      '/replays/dry-run',
      { source: 'lis', latest: 2 },
    );
    expect(last.body.selected).toBe(2);
    expect(last.body.messages.map(({ position }) => position)).toEqual([2, 3]);
    expect(listed.body.active).toBe(3);
    expect(listed.body.sets.map(({ version }) => version)).toEqual([3, 2, 1]);
  });

  it('outlives a restart', async () => {
    await flow.restart('normalise');
    await send(result('4', '400'));
    expect((await units()).at(-1)).toMatchObject({ code: 'mmol/L' });
    const shown = await ask<{ tables: object; testCases: object[] }>('GET', '/3');
    expect(shown.body).toMatchObject({ tables: files, testCases: [{ name: 'a unit in words' }] });
    expect((await ask('GET', '/0')).body).toMatchObject({
      version: 0,
      tables: { 'hl7-tables': { '0001': { codes: { F: 'female' } } } },
      testCases: [],
    });
    const trail = await flow.rows(
      `SELECT 1 FROM event_log.event WHERE type = 'audit.recorded' AND producer = 'normalise'`,
    );
    expect(trail.length).toBeGreaterThanOrEqual(4);
  });
});
