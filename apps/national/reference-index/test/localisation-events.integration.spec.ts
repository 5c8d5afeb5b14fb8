import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createList,
  hospital,
  listOf,
  pharmacy,
  professional,
  search,
  subject,
  transact,
} from './index-requests.js';
import { startIndex, type RunningIndex } from './running-index.js';
import { sealToken } from './sealed-token.js';

const person = '999990007';
const subscriber = { ...professional, scope: 'nvi:localize nvi:subscribe' };
let index: RunningIndex;
beforeAll(async () => {
  index = await startIndex();
});
afterAll(() => index.stop());
beforeEach(() => index.query('TRUNCATE registration, restriction, pseudonym_successor, event_log.event'));

interface Change {
  readonly type: string;
  readonly key: string;
  readonly tenant: string;
  readonly patientHandle: string;
  readonly custodian: string;
  readonly category: string;
  readonly sourceId: string;
}

async function changes(): Promise<Change[]> {
  const rows = await index.query<{ type: string; key: string; tenant: string; payload: string }>(
    `SELECT type, key, tenant, payload FROM event_log.event WHERE type LIKE 'localisation.%' ORDER BY tx, position`,
  );
  return rows.map(({ payload, ...rest }) => ({ ...rest, ...(JSON.parse(payload) as Change) }));
}

async function register(claims = hospital, headers: Record<string, string> = {}): Promise<string> {
  const organisation = claims.organization_ura;
  const { text } = await sealToken(index, person, { organisation });
  const list = listOf(text, {}, 'Condition', organisation);
  return (await createList(index, list, claims, headers)).headers.get('location') ?? '';
}

async function ask(claims: { scope: string } & Record<string, unknown> = subscriber, of = person) {
  const { text } = await sealToken(index, of, { organisation: '11111111' });
  return (await (await search(index, { 'subject:identifier': subject(text) }, claims)).json()) as {
    identifier?: { value: string };
  };
}

describe('events of localisation', () => {
  it('tell of a registration that is new, once, and of its withdrawal', async () => {
    const location = await register();
    await register();
    await register(hospital, { 'if-none-exist': 'source:identifier=samenhang-record&code=Condition' });
    await index.issuer.fetch(location, hospital, { method: 'DELETE' });
    await index.issuer.fetch(location, hospital, { method: 'DELETE' });
    const [registered, withdrawn, ...others] = await changes();
    expect(others).toEqual([]);
    expect(registered).toMatchObject({
      type: 'localisation.registered',
      tenant: '22222222',
      custodian: '22222222',
      category: 'Condition',
      sourceId: 'samenhang-record',
    });
    expect(withdrawn).toEqual({ ...registered, type: 'localisation.withdrawn' });
    expect(registered?.key).toBe(registered?.patientHandle);
  });

  it('call a person the same whoever registers, and nothing that the index keeps', async () => {
    await register();
    await register(pharmacy);
    const handles = new Set((await changes()).map(({ patientHandle }) => patientHandle));
    expect(handles.size).toBe(1);
    const [stored] = await index.query<{ hex: string; base64: string }>(
      `SELECT encode(pseudonym_hash, 'hex') AS hex, encode(pseudonym_hash, 'base64') AS base64 FROM registration`,
    );
    const [handle = ''] = handles;
    expect(Buffer.from(handle, 'base64url')).toHaveLength(32);
    expect(Buffer.from(handle, 'base64url').toString('hex')).not.toBe(stored?.hex);
  });

  it('tell of each row that a Bundle, a source or a wiping takes away, and of none that a refused Bundle would', async () => {
    const { text } = await sealToken(index, person);
    const post = (category: 'Condition' | 'Patient') => ({
      resource: listOf(text, {}, category),
      request: { method: 'POST', url: 'List' },
    });
    await transact(index, [post('Condition'), post('Patient')]);
    expect((await changes()).map(({ type, category }) => `${type} ${category}`)).toEqual([
      'localisation.registered Condition',
      'localisation.registered Patient',
    ]);
    await index.query('TRUNCATE event_log.event');
    expect((await transact(index, [post('Condition'), post('Patient')])).status).toBe(400);
    expect(await changes()).toEqual([]);
    const source = `${index.url}/fhir/List?source:identifier=samenhang-record&code=Patient`;
    await index.issuer.fetch(source, hospital, { method: 'DELETE' });
    const wipe = (path: string, body: object) =>
      index.issuer.fetch(`${index.url}/registrations/wipe${path}`, hospital, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const { confirmation, registrations } = (await (await wipe('', {})).json()) as Record<string, unknown>;
    expect((await wipe('/confirm', { confirmation, registrations })).status).toBe(200);
    expect((await changes()).map(({ type, category }) => `${type} ${category}`)).toEqual([
      'localisation.withdrawn Patient',
      'localisation.withdrawn Condition',
    ]);
  });
});

describe('a change of the pseudonymisation key', () => {
  it('tells subscribers that the person they know of is another now', async () => {
    await register();
    await register(pharmacy);
    const [{ patientHandle: before } = { patientHandle: '' }] = await changes();
    await index.query('TRUNCATE event_log.event');
    const { text } = await sealToken(index, person, { organisation: '11111111', versions: 'overlap' });
    await search(index, { 'subject:identifier': subject(text) }, subscriber);
    const told = await changes();
    const after = told.find(({ type }) => type === 'localisation.registered')?.patientHandle;
    expect(after).not.toBe(before);
    const expected = ['22222222', '44444444'].flatMap((custodian) => [
      `localisation.withdrawn ${before} ${custodian}`,
      `localisation.registered ${after} ${custodian}`,
    ]);
    const said = told.map(({ type, patientHandle, custodian }) => `${type} ${patientHandle} ${custodian}`);
    expect(said.sort()).toEqual(expected.sort());
  });
});

describe('the handle of a person', () => {
  it('stands in the answers to who may subscribe, as in the events', async () => {
    await register();
    const [event] = await changes();
    expect((await ask()).identifier?.value).toBe(event?.patientHandle);
    const { jwe, blindFactor } = await sealToken(index, person, { organisation: '11111111' });
    const located = await index.issuer.fetch(`${index.url}/localize`, subscriber, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ pseudonym: jwe, oprf_key: blindFactor }),
    });
    expect(await located.json()).toMatchObject([{ patient_handle: event?.patientHandle }]);
  });

  it('stands in no other answer, and not in an empty one: a refusal stays what an unknown person is', async () => {
    await register();
    expect(await ask(professional)).not.toHaveProperty('identifier');
    expect(await ask(subscriber, '999911120')).not.toHaveProperty('identifier');
    expect(await ask({ ...subscriber, treatment_relation: undefined })).not.toHaveProperty('identifier');
  });
});
