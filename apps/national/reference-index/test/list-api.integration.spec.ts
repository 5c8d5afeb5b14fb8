import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createList,
  custodiansIn,
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
const criteria = 'source:identifier=samenhang-record&code=Condition';
let index: RunningIndex;
beforeAll(async () => {
  index = await startIndex();
});
afterAll(() => index.stop());
beforeEach(() => index.query('TRUNCATE registration'));

const token = async (options = {}) => (await sealToken(index, person, options)).text;
const count = async () =>
  (await index.query<{ count: string }>('SELECT count(*) FROM registration'))[0]?.count;

describe('create', () => {
  it('answers 201 with Location and ETag, and without the subject', async () => {
    const sent = await token();
    const response = await createList(index, listOf(sent));
    expect(response.status).toBe(201);
    expect(response.headers.get('etag')).toBe('W/"1"');
    expect(response.headers.get('content-type')).toContain('application/fhir+json');
    const text = await response.text();
    expect(text).not.toContain(sent);
    const list = JSON.parse(text) as { id: string; subject?: unknown };
    expect(list).not.toHaveProperty('subject');
    expect(response.headers.get('location')).toBe(`${index.url}/fhir/List/${list.id}`);
  });

  it('stores a keyed hash: two holders’ registrations of one person share it, and no pseudonym is kept', async () => {
    await createList(index, listOf(await token()));
    const other = await token({ organisation: '44444444' });
    expect((await createList(index, listOf(other, {}, 'Condition', '44444444'), pharmacy)).status).toBe(201);
    const rows = await index.query<{ hash: string }>(
      `SELECT DISTINCT encode(pseudonym_hash, 'hex') AS hash FROM registration`,
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.hash).not.toBe('960853bc403be4701fc16e9a350399170cab5a34efb4318f1b94fc2ca490cc47');
  });

  it('answers a repeat with 409, and with 200 when it is conditional', async () => {
    const first = await createList(index, listOf(await token()));
    const repeat = await createList(index, listOf(await token()));
    expect(repeat.status).toBe(409);
    expect(await repeat.json()).toMatchObject({
      resourceType: 'OperationOutcome',
      issue: [{ code: 'duplicate' }],
    });
    const conditional = await createList(index, listOf(await token()), hospital, {
      'if-none-exist': criteria,
    });
    expect(conditional.status).toBe(200);
    expect(conditional.headers.get('location')).toBe(first.headers.get('location'));
  });

  it('refuses If-None-Exist criteria that say something else than the List', async () => {
    const headers = { 'if-none-exist': 'source:identifier=samenhang-record&code=Patient' };
    expect((await createList(index, listOf(await token()), hospital, headers)).status).toBe(400);
  });

  it('makes one row of twenty identical concurrent requests', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => token()));
    const responses = await Promise.all(tokens.map((each) => createList(index, listOf(each))));
    const statuses = responses.map((response) => response.status).sort();
    expect(statuses).toEqual([201, ...Array.from({ length: 19 }, () => 409)]);
    expect(await count()).toBe(1);
  });

  it.each([
    ['a title', { title: 'x' }, 'List.title'],
    ['an entry', { entry: [] }, 'List.entry'],
    ['an identifier', { identifier: [] }, 'List.identifier'],
    ['another status', { status: 'retired' }, 'List.status'],
    ['another mode', { mode: 'changes' }, 'List.mode'],
    ['no code', { code: undefined }, 'List.code'],
    [
      'a code that is no category',
      { code: { coding: [{ system: 'http://loinc.org', code: '1-8' }] } },
      'List.code',
    ],
    ['no source', { source: undefined }, 'List.source.identifier'],
    ['no custodian', { extension: [] }, 'List.extension'],
    ['no subject', { subject: undefined }, 'List.subject.identifier'],
  ])('refuses %s with 422 and the expression', async (_name, changes, expression) => {
    const response = await createList(index, listOf(await token(), changes));
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      resourceType: 'OperationOutcome',
      issue: [{ expression: [expression] }],
    });
  });

  it('refuses to register for another care provider', async () => {
    const response = await createList(index, listOf(await token(), {}, 'Condition', '44444444'));
    expect(response.status).toBe(403);
    expect(await count()).toBe(0);
  });

  it('refuses without a token, and without the scope', async () => {
    expect((await fetch(`${index.url}/fhir/List`, { method: 'POST' })).status).toBe(401);
    expect((await createList(index, listOf(await token()), { ...hospital, scope: 'nvi:read' })).status).toBe(
      403,
    );
  });
});

describe('read and delete by id', () => {
  it('knows the own registration only', async () => {
    const { headers } = await createList(index, listOf(await token()));
    const location = headers.get('location') ?? '';
    expect((await index.issuer.fetch(location, hospital)).status).toBe(200);
    const unseen = await index.issuer.fetch(location, pharmacy);
    expect([unseen.status, unseen.headers.get('etag')]).toEqual([404, null]);
    expect((await index.issuer.fetch(location, pharmacy, { method: 'DELETE' })).status).toBe(404);
    expect((await index.issuer.fetch(location, hospital, { method: 'DELETE' })).status).toBe(204);
    expect((await index.issuer.fetch(location, hospital)).status).toBe(404);
    expect((await index.issuer.fetch(location, hospital, { method: 'DELETE' })).status).toBe(404);
  });

  it('answers 404 for an id it never gave out', async () => {
    expect((await index.issuer.fetch(`${index.url}/fhir/List/1`, hospital)).status).toBe(404);
  });
});

describe('conditional delete', () => {
  beforeEach(async () => {
    await createList(index, listOf(await token()));
    await createList(index, listOf(await token(), {}, 'Patient'));
  });
  const remove = (query: string) =>
    index.issuer.fetch(`${index.url}/fhir/List${query}`, hospital, { method: 'DELETE' });

  it.each([
    '',
    '?',
    '?code=Condition',
    '?source:identifier=',
    '?source:identifier=|',
    '?source:identifier=|samenhang-record',
    '?source:identifier=urn:ietf:rfc:3986|',
    '?source:identifier=http://example.org|samenhang-record',
    '?unknown=1',
    '?source:identifier=a&source:identifier=b',
    '?_count=1&source:identifier=samenhang-record',
    '?subject:identifier=|x',
    '?subject:identifier=x|',
    '?subject:identifier=',
  ])('refuses "%s" and deletes nothing', async (query) => {
    const response = await remove(query);
    expect(response.status).toBe(400);
    expect(await count()).toBe(2);
  });

  it('deletes by source, narrowed by code, the own rows only', async () => {
    const other = await token({ organisation: '44444444' });
    await createList(index, listOf(other, {}, 'Condition', '44444444'), pharmacy);
    expect((await remove('?source:identifier=samenhang-record&code=Condition')).status).toBe(204);
    const rest = await index.query(`SELECT custodian, category FROM registration ORDER BY 1`);
    expect(rest).toEqual([
      { custodian: '22222222', category: 'Patient' },
      { custodian: '44444444', category: 'Condition' },
    ]);
  });
});

describe('transaction', () => {
  const post = (resource: object, ifNoneExist?: string) => ({
    resource,
    request: { method: 'POST', url: 'List', ifNoneExist },
  });
  const removal = (text: string) => ({
    request: {
      method: 'DELETE',
      url: `List?${new URLSearchParams({ 'subject:identifier': subject(text) })}`,
    },
  });

  it('creates and deletes in one step, in the order of the entries, with one token for the person', async () => {
    await createList(index, listOf(await token(), {}, 'Encounter'));
    const text = await token();
    const response = await transact(index, [
      post(listOf(text)),
      removal(text),
      post(listOf(text, {}, 'Patient')),
    ]);
    expect(response.status).toBe(200);
    const { type, entry } = (await response.json()) as {
      type: string;
      entry: { response: { status: string; location?: string } }[];
    };
    expect(type).toBe('transaction-response');
    expect(entry.map((each) => each.response.status)).toEqual([
      '201 Created',
      '204 No Content',
      '201 Created',
    ]);
    expect(await index.query('SELECT category FROM registration ORDER BY 1')).toEqual([
      { category: 'Condition' },
      { category: 'Patient' },
    ]);
  });

  it('does nothing at all when one entry cannot be done', async () => {
    await createList(index, listOf(await token()));
    const text = await token();
    const response = await transact(index, [post(listOf(text, {}, 'Patient')), post(listOf(text))]);
    expect(response.status).toBe(409);
    expect(await count()).toBe(1);
    expect((await transact(index, [post(listOf(text, {}, 'Patient'))])).status).toBe(200);
  });

  it.each([
    ['an unreadable List', [post({ resourceType: 'List' })], 422],
    ['an update', [{ resource: {}, request: { method: 'PUT', url: 'List/1' } }], 422],
    ['another resource', [{ resource: {}, request: { method: 'POST', url: 'Patient' } }], 422],
    ['a delete without filter', [{ request: { method: 'DELETE', url: 'List' } }], 422],
    ['a delete with an empty filter', [{ request: { method: 'DELETE', url: 'List?' } }], 400],
    [
      'a delete with an unusable filter',
      [{ request: { method: 'DELETE', url: 'List?subject:identifier=%7Cx' } }],
      400,
    ],
    ['no entry', [], 422],
  ])('refuses %s', async (_name, entry, status) => {
    await createList(index, listOf(await token()));
    const response = await transact(index, entry as object[]);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ resourceType: 'OperationOutcome' });
    expect(await count()).toBe(1);
  });

  it('answers conditional creates of what exists with 200', async () => {
    const text = await token();
    await transact(index, [post(listOf(text), criteria)]);
    const response = await transact(index, [post(listOf(await token()), criteria)]);
    expect(await response.json()).toMatchObject({ entry: [{ response: { status: '200 OK' } }] });
    expect(await count()).toBe(1);
  });

  it('survives opposite orders of the same rows at once', async () => {
    const bundles = await Promise.all(
      Array.from({ length: 12 }, async (_, turn) => {
        const text = await token();
        const entries = (['Condition', 'Patient', 'Encounter', 'Procedure'] as const).map((category) =>
          post(listOf(text, {}, category), `source:identifier=samenhang-record&code=${category}`),
        );
        return turn % 2 === 0 ? entries : entries.reverse();
      }),
    );
    const responses = await Promise.all(bundles.map((entries) => transact(index, entries)));
    expect(new Set(responses.map((response) => response.status))).toEqual(new Set([200]));
    expect(await count()).toBe(4);
  });
});

describe('search', () => {
  beforeEach(async () => {
    await createList(index, listOf(await token()));
    const other = await token({ organisation: '44444444' });
    await createList(index, listOf(other, {}, 'MedicationDispense', '44444444'), pharmacy);
  });
  const asked = () => token({ organisation: '11111111' });

  it('finds all custodians for a professional who treats', async () => {
    const response = await search(index, { 'subject:identifier': subject(await asked()) }, professional);
    expect(response.status).toBe(200);
    expect(await custodiansIn(response)).toEqual(['22222222', '44444444']);
  });

  it('narrows by category', async () => {
    const parameters = { 'subject:identifier': subject(await asked()), code: 'MedicationDispense' };
    expect(await custodiansIn(await search(index, parameters, professional))).toEqual(['44444444']);
  });

  it('gives the own registrations only when a source is named', async () => {
    const parameters = {
      'subject:identifier': subject(await token()),
      'source:identifier': 'samenhang-record',
    };
    expect(await custodiansIn(await search(index, parameters, hospital))).toEqual(['22222222']);
    expect(await custodiansIn(await index.issuer.fetch(`${index.url}/fhir/List`, hospital))).toEqual([
      '22222222',
    ]);
  });

  it('refuses a token in a URL and says what to do', async () => {
    const url = `${index.url}/fhir/List?${new URLSearchParams({ 'subject:identifier': subject(await asked()) })}`;
    const response = await index.issuer.fetch(url, professional);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('POST List/_search');
  });

  it('pages the own registrations', async () => {
    for (const category of ['Patient', 'Encounter', 'Procedure'] as const)
      await createList(index, listOf(await token(), {}, category));
    let url: string | undefined = `${index.url}/fhir/List?_count=3`;
    const seen: string[] = [];
    while (url !== undefined) {
      const page = (await (await index.issuer.fetch(url, hospital)).json()) as {
        total: number;
        link: { relation: string; url: string }[];
        entry: { resource: { id: string } }[];
      };
      expect(page.total).toBe(4);
      seen.push(...page.entry.map(({ resource }) => resource.id));
      url = page.link.find(({ relation }) => relation === 'next')?.url;
    }
    expect(new Set(seen).size).toBe(4);
    expect(seen).toHaveLength(4);
  });
});

describe('search by POST', () => {
  it.each<Record<string, string>>([
    { 'subject:identifier': '' },
    { 'subject:identifier': '|' },
    { 'subject:identifier': '|x' },
    { 'subject:identifier': 'urn:other|x' },
    { 'subject:identifier': 'x', subject: 'y' },
    { 'source:identifier': '|samenhang-record' },
    { code: '' },
    { code: 'Secrets' },
    { unknown: '1' },
    { _count: '0' },
    { _cursor: 'x' },
  ])('refuses %o and finds nothing wider', async (parameters) => {
    const response = await search(index, parameters, professional);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ resourceType: 'OperationOutcome' });
  });
});

describe('metadata', () => {
  it('is true: what it names is served, and what it does not name is not', async () => {
    const statement = (await (await fetch(`${index.url}/fhir/metadata`)).json()) as {
      rest: [{ resource: [{ interaction: { code: string }[]; searchParam: { name: string }[] }] }];
    };
    const [{ resource }] = statement.rest;
    const [list] = resource;
    expect(list.interaction.map(({ code }) => code)).toEqual(['create', 'read', 'delete', 'search-type']);
    const values: Record<string, string> = {
      'subject:identifier': subject(await token()),
      'source:identifier': 'samenhang-record',
      code: 'Condition',
    };
    expect(list.searchParam.map(({ name }) => name)).toEqual(Object.keys(values));
    expect((await search(index, values, hospital)).status).toBe(200);
    const location = (await createList(index, listOf(await token()))).headers.get('location') ?? '';
    for (const [method, url] of [
      ['PUT', location],
      ['PATCH', location],
      ['GET', `${location}/_history`],
      ['GET', `${location}/_history/1`],
      ['GET', `${index.url}/fhir/List/_history`],
      ['GET', `${index.url}/fhir/Patient`],
    ] as const)
      expect((await index.issuer.fetch(url, hospital, { method })).status, `${method} ${url}`).toBe(404);
  });

  it('is public and names what the server does', async () => {
    const response = await fetch(`${index.url}/fhir/metadata`);
    expect(await response.json()).toMatchObject({
      resourceType: 'CapabilityStatement',
      fhirVersion: '4.0.1',
    });
  });
});
