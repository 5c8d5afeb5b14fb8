import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createList, hospital, listOf, professional } from './index-requests.js';
import { startIndex, type RunningIndex } from './running-index.js';
import { sealBatch, sealToken } from './sealed-token.js';

const person = '999990007';
let index: RunningIndex;
beforeAll(async () => {
  index = await startIndex();
});
afterAll(() => index.stop());
beforeEach(() => index.query('TRUNCATE registration'));

const count = async () =>
  Number((await index.query<{ count: unknown }>('SELECT count(*) FROM registration'))[0]?.count);

describe('the JSON twins', () => {
  const json = { 'content-type': 'application/json' };
  const body = async (extra: object = {}, options = {}) => {
    const { jwe, blindFactor } = await sealToken(index, person, options);
    return JSON.stringify({ pseudonym: jwe, oprf_key: blindFactor, ...extra });
  };
  const send = (method: string, path: string, text: string, claims: { scope: string }) =>
    index.issuer.fetch(`${index.url}${path}`, claims, { method, headers: json, body: text });

  it('register, list, localise and withdraw', async () => {
    const content = { category: 'Condition', source_id: 'samenhang-record' };
    expect((await send('POST', '/registrations', await body(content), hospital)).status).toBe(201);
    expect((await send('POST', '/registrations', await body(content), hospital)).status).toBe(200);
    const list = await index.issuer.fetch(`${index.url}/registrations?source_id=samenhang-record`, hospital);
    expect(await list.json()).toMatchObject({
      total: 1,
      registrations: [{ ura_number: '22222222', category: 'Condition' }],
    });
    const located = await send(
      'POST',
      '/localize',
      await body({}, { organisation: '11111111' }),
      professional,
    );
    expect(await located.json()).toMatchObject([{ ura_number: '22222222', source_id: 'samenhang-record' }]);
    expect((await send('DELETE', '/registrations', await body(), hospital)).status).toBe(204);
    const empty = await send('POST', '/localize', await body({}, { organisation: '11111111' }), professional);
    expect(await empty.json()).toEqual([]);
  });

  it('make one row of twenty identical concurrent registrations: one 201 and nineteen 200', async () => {
    const content = { category: 'Condition', source_id: 'samenhang-record' };
    const bodies = await Promise.all(Array.from({ length: 20 }, () => body(content)));
    const answers = await Promise.all(bodies.map((each) => send('POST', '/registrations', each, hospital)));
    expect(answers.map(({ status }) => status).sort()).toEqual([
      ...Array.from({ length: 19 }, () => 200),
      201,
    ]);
    const ids = await Promise.all(
      answers.map(async (answer) => ((await answer.json()) as { id: string }).id),
    );
    expect(new Set(ids).size).toBe(1);
    expect(await count()).toBe(1);
  });

  it('fail alone when they come together with others that are good', async () => {
    const good = { category: 'Condition', source_id: 'samenhang-record' };
    const requests = await Promise.all(
      Array.from({ length: 24 }, async (_unused, turn) => {
        const { jwe, blindFactor } = await sealToken(index, String(900_000_000 + turn));
        const source = turn % 6 === 0 ? 'no such source' : 'samenhang-record';
        return JSON.stringify({ pseudonym: jwe, oprf_key: blindFactor, ...good, source_id: source });
      }),
    );
    const answers = await Promise.all(requests.map((each) => send('POST', '/registrations', each, hospital)));
    expect(answers.map(({ status }) => status)).toEqual(
      requests.map((_request, turn) => (turn % 6 === 0 ? 400 : 201)),
    );
    expect(await count()).toBe(20);
  });

  it('answer with problem details', async () => {
    const response = await send('POST', '/localize', '{}', professional);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
  });
});

describe('a batch of registrations', () => {
  const send = (text: string, claims = hospital) =>
    index.issuer.fetch(`${index.url}/registrations/batch`, claims, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: text,
    });
  const persons = ['999990007', '999911120', '900186021'];
  const batchOf = async (changes: readonly object[], options = {}) => {
    const { jwe, blindFactors } = await sealBatch(index, persons, options);
    return JSON.stringify({
      pseudonyms: jwe,
      oprf_keys: blindFactors,
      source_id: 'samenhang-record',
      changes,
    });
  };
  const register = (each: number, category = 'Condition') => ({ person: each, category, action: 'register' });
  const withdraw = (each: number, category = 'Condition') => ({ person: each, category, action: 'withdraw' });

  it('registers and withdraws for many persons with one token, under the same pseudonyms as one by one', async () => {
    await createList(index, listOf((await sealToken(index, person)).text));
    const first = await send(await batchOf([register(0), register(1), register(1, 'Patient'), register(2)]));
    expect(await first.json()).toMatchObject({ registered: 3, withdrawn: 0, unchanged: 1 });
    const second = await send(await batchOf([withdraw(0), withdraw(1), withdraw(2, 'Patient'), register(2)]));
    expect(await second.json()).toMatchObject({ registered: 0, withdrawn: 2, unchanged: 2 });
    expect(await count()).toBe(2);
  });

  it.each([
    ['a person that is not there', [register(3)]],
    ['a negative person', [register(-1)]],
    ['a category of its own', [register(0, 'Secrets')]],
    ['an unknown action', [{ person: 0, category: 'Condition', action: 'destroy' }]],
    ['no change', []],
    ['a good change and a bad one', [register(0), register(9)]],
  ])('refuses %s and does nothing', async (_name, changes) => {
    expect((await send(await batchOf(changes))).status).toBe(400);
    expect(await count()).toBe(0);
  });

  it('is good for one use, by its requester', async () => {
    const text = await batchOf([register(0)]);
    expect((await send(text)).status).toBe(200);
    expect((await send(text)).status).toBe(400);
    expect((await send(await batchOf([register(0)], { organisation: '44444444' }))).status).toBe(400);
  });

  it('refuses other blind factors than it was sealed with', async () => {
    const body = JSON.parse(await batchOf([register(0)])) as { oprf_keys: string[] };
    expect((await send(JSON.stringify({ ...body, oprf_keys: body.oprf_keys.slice(1) }))).status).toBe(400);
  });

  it('needs the scope of each change', async () => {
    const creator = { ...hospital, scope: 'nvi:create' };
    expect((await send(await batchOf([register(0)]), creator)).status).toBe(200);
    expect((await send(await batchOf([withdraw(0)]), creator)).status).toBe(403);
  });
});
