import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  auditTrail,
  createList,
  custodiansIn,
  hospital,
  listOf,
  pharmacy,
  professional,
  search,
  subject,
  type Claims,
} from './index-requests.js';
import { startIndex, type RunningIndex } from './running-index.js';
import { sealToken, type TokenOptions } from './sealed-token.js';

const person = '999990007';
/** Knows all persons and speaks for them about every custodian. */
const register = { organization_ura: '90000001', scope: 'nvi:restrict nvi:restrict-any' };
const holder = { ...hospital, scope: 'nvi:restrict' };

let index: RunningIndex;
beforeAll(async () => {
  index = await startIndex();
});
afterAll(() => index.stop());
beforeEach(async () => {
  await index.query('TRUNCATE registration, restriction, pseudonym_successor, event_log.event');
  for (const claims of [hospital, pharmacy])
    for (const category of ['Condition', 'ObservationLaboratory'] as const) {
      const organisation = claims.organization_ura;
      const { text } = await sealToken(index, person, { organisation });
      expect((await createList(index, listOf(text, {}, category, organisation), claims)).status).toBe(201);
    }
});

async function state(
  restrictions: unknown,
  claims: Claims = register,
  options: TokenOptions = {},
  of = person,
): Promise<Response> {
  const organisation = String(claims['organization_ura']);
  const { jwe, blindFactor } = await sealToken(index, of, { organisation, ...options });
  return index.issuer.fetch(`${index.url}/restrictions`, claims, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ pseudonym: jwe, oprf_key: blindFactor, restrictions }),
  });
}

async function ask(changes: object = {}, of = person, options: TokenOptions = {}): Promise<Response> {
  const { text } = await sealToken(index, of, { organisation: '11111111', ...options });
  return search(index, { 'subject:identifier': subject(text) }, { ...professional, ...changes });
}

const told = async (changes: object = {}, options: TokenOptions = {}): Promise<string[]> =>
  custodiansIn(await ask(changes, person, options));
const everything = ['22222222', '22222222', '44444444', '44444444'];

describe('what a person does not want to be told', () => {
  it.each([
    ['anything', {}, []],
    ['of one custodian', { custodian: '22222222' }, ['44444444', '44444444']],
    ['of one category', { category: 'Condition' }, ['22222222', '44444444']],
    [
      'of one category at one',
      { custodian: '22222222', category: 'Condition' },
      ['22222222', '44444444', '44444444'],
    ],
    ['to this type of care provider', { requester_type: 'Z3' }, []],
    ['to another type', { requester_type: 'G5' }, everything],
  ])('%s is not told', async (_name, restriction, expected) => {
    expect(await told()).toEqual(everything);
    const response = await state([restriction]);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ restrictions: 1 });
    expect(await told()).toEqual(expected);
  });

  it('is to the caller what an unknown person is, and a denial with its reason in the trail', async () => {
    await state([{}]);
    const refused = await ask();
    const unknown = await ask({}, '999911120');
    const shown = (response: Response) => [...response.headers].filter(([name]) => name !== 'date');
    expect(refused.status).toBe(unknown.status);
    expect(shown(refused)).toEqual(shown(unknown));
    expect(await refused.text()).toBe(await unknown.text());
    expect(await auditTrail(index)).toContain('restricted_by_patient');
  });

  it('stands in the trail as a permitted answer with its reason when something else is told', async () => {
    await state([{ custodian: '22222222' }]);
    await index.query('TRUNCATE event_log.event');
    await told();
    const trail = await auditTrail(index);
    expect(trail).toContain('allowed, restricted_by_patient');
    expect(trail).not.toContain('22222222');
  });

  it('is replaced as a whole by the next statement, and lifted by an empty one, of the same organisation only', async () => {
    await state([{ custodian: '22222222' }, { category: 'Condition' }]);
    await state([{ custodian: '44444444' }]);
    expect(await told()).toEqual(['22222222', '22222222']);
    await state([], holder);
    expect(await told()).toEqual(['22222222', '22222222']);
    await state([]);
    expect(await told()).toEqual(everything);
  });

  it('is of one person', async () => {
    await state([{}], register, {}, '999911120');
    expect(await told()).toEqual(everything);
  });

  it('moves along with a change of the pseudonymisation key, and holds under every version meanwhile', async () => {
    await state([{ custodian: '22222222' }]);
    const rest = ['44444444', '44444444'];
    expect(await told({}, { versions: 'overlap' })).toEqual(rest);
    for (const versions of ['first', 'overlap', 'second'] as const)
      expect(await told({}, { versions }), versions).toEqual(rest);
    expect(await index.query('SELECT DISTINCT key_version AS v FROM restriction')).toEqual([{ v: 2 }]);
    await state([], register, { versions: 'first' });
    expect(await told({}, { versions: 'second' })).toEqual(everything);
  });

  it('keeps nobody from finding what it registered itself', async () => {
    await state([{}]);
    const { text } = await sealToken(index, person);
    const own = { 'subject:identifier': subject(text), 'source:identifier': 'samenhang-record' };
    expect(await custodiansIn(await search(index, own, hospital))).toEqual(['22222222', '22222222']);
  });
});

describe('who may state it', () => {
  it('a holder about itself', async () => {
    expect((await state([{ custodian: '22222222' }], holder)).status).toBe(200);
    expect(await told()).toEqual(['44444444', '44444444']);
    for (const beyond of [{}, { custodian: '44444444' }, { category: 'Condition' }])
      expect((await state([beyond], holder)).status).toBe(403);
  });

  it('nobody without the scope, and no one with another’s or a used token', async () => {
    expect((await state([{}], hospital)).status).toBe(403);
    expect((await state([{}], register, { organisation: '44444444' })).status).toBe(400);
    const { jwe, blindFactor } = await sealToken(index, person, { organisation: '90000001' });
    const body = JSON.stringify({ pseudonym: jwe, oprf_key: blindFactor, restrictions: [] });
    const send = () =>
      index.issuer.fetch(`${index.url}/restrictions`, register, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body,
      });
    expect((await send()).status).toBe(200);
    expect((await send()).status).toBe(400);
  });

  it.each([
    ['nothing', undefined],
    ['an object', {}],
    ['a text', ['all']],
    ['a member that does not exist', [{ purpose: 'TREAT' }]],
    ['an empty custodian', [{ custodian: '' }]],
    ['a category of its own', [{ category: 'Secrets' }]],
    ['a type that is none', [{ requester_type: '*' }]],
    ['a good one and a bad one', [{ custodian: '22222222' }, { category: '' }]],
  ])('refuses %s with 400 and changes nothing', async (_name, restrictions) => {
    await state([{ custodian: '22222222' }]);
    expect((await state(restrictions)).status).toBe(400);
    expect(await told()).toEqual(['44444444', '44444444']);
  });

  it('leaves a record of the change that does not say what was restricted', async () => {
    await index.query('TRUNCATE event_log.event');
    await state([{ custodian: '22222222', category: 'Condition' }]);
    const trail = await auditTrail(index);
    expect(trail).toContain('consent-change');
    expect(trail).not.toContain('22222222');
    expect(trail).not.toContain('Condition');
  });
});

describe('a role', () => {
  it('learns only where data of its own categories is', async () => {
    const nurse = { user_role: '30.000' };
    expect(await told(nurse)).toEqual(['22222222', '44444444']);
    expect(await auditTrail(index)).toContain('category_not_allowed');
  });
});
