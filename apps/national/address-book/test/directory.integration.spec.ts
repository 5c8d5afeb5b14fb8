import { identifierSystems } from '@samenhang/data-model';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startAddressBook, type RunningAddressBook } from './running-address-book.js';

const hospital = { organization_ura: '22222222', scope: 'lrza:write lrza:read' };
const pharmacy = { organization_ura: '44444444', scope: 'lrza:write lrza:read' };
const FHIR = { 'content-type': 'application/fhir+json' };

let book: RunningAddressBook;
beforeAll(async () => {
  book = await startAddressBook();
});
afterAll(() => book.stop());
beforeEach(() => book.query('TRUNCATE resource, resource_version, stopped_organisation'));

const organisation = (ura: string, changes: object = {}) => ({
  resourceType: 'Organization',
  id: `org-${ura}`,
  identifier: [{ system: identifierSystems.ura, value: ura }],
  active: true,
  name: `Provider ${ura}`,
  endpoint: [{ reference: `Endpoint/fhir-${ura}` }],
  ...changes,
});

const endpoint = (ura: string, changes: object = {}) => ({
  resourceType: 'Endpoint',
  id: `fhir-${ura}`,
  status: 'active',
  connectionType: {
    system: 'http://terminology.hl7.org/CodeSystem/endpoint-connection-type',
    code: 'hl7-fhir-rest',
  },
  managingOrganization: { reference: `Organization/org-${ura}` },
  payloadType: [{ text: 'FHIR R4' }],
  payloadMimeType: ['application/fhir+json; fhirVersion=4.0'],
  address: `https://holder.example/${ura}/fhir/`,
  ...changes,
});

interface Written {
  resourceType: string;
  id: string;
}
const put = (resource: Written, ifMatch?: string) => ({
  resource,
  request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}`, ifMatch },
});

function transact(entry: readonly object[], claims = hospital): Promise<Response> {
  const body = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry });
  return book.issuer.fetch(`${book.url}/fhir`, claims, { method: 'POST', headers: FHIR, body });
}

function putOne(
  resource: Written,
  claims = hospital,
  headers: Record<string, string> = {},
): Promise<Response> {
  const url = `${book.url}/fhir/${resource.resourceType}/${resource.id}`;
  return book.issuer.fetch(url, claims, {
    method: 'PUT',
    headers: { ...FHIR, ...headers },
    body: JSON.stringify(resource),
  });
}

async function find(
  query: string,
): Promise<{ total: number; ids: string[]; modes: string[]; next: string | undefined }> {
  const response = await book.issuer.fetch(`${book.url}/fhir/${query}`, pharmacy);
  expect(response.status).toBe(200);
  const bundle = (await response.json()) as {
    total: number;
    link: { relation: string; url: string }[];
    entry?: { resource: Written; search: { mode: string } }[];
  };
  return {
    total: bundle.total,
    ids: (bundle.entry ?? []).map(({ resource }) => `${resource.resourceType}/${resource.id}`),
    modes: (bundle.entry ?? []).map(({ search }) => search.mode),
    next: bundle.link.find(({ relation }) => relation === 'next')?.url,
  };
}

describe('writing', () => {
  it('creates organisation and endpoint in one transaction, whatever their order, and repeats without new versions', async () => {
    const entries = [put(endpoint('22222222')), put(organisation('22222222'))];
    const first = await transact(entries);
    expect(await first.json()).toMatchObject({
      type: 'transaction-response',
      entry: [
        { response: { status: '201 Created', etag: 'W/"1"' } },
        { response: { status: '201 Created' } },
      ],
    });
    const repeat = await transact(entries);
    expect(await repeat.json()).toMatchObject({
      entry: [{ response: { status: '200 OK', etag: 'W/"1"' } }, {}],
    });
  });

  it('keeps every version', async () => {
    await putOne(organisation('22222222'));
    const second = await putOne(organisation('22222222', { name: 'Renamed' }));
    expect(second.status).toBe(200);
    expect(second.headers.get('etag')).toBe('W/"2"');
    const url = `${book.url}/fhir/Organization/org-22222222`;
    expect(await (await book.issuer.fetch(url, pharmacy)).json()).toMatchObject({
      name: 'Renamed',
      meta: { versionId: '2' },
    });
    expect(await (await book.issuer.fetch(`${url}/_history/1`, pharmacy)).json()).toMatchObject({
      name: 'Provider 22222222',
    });
  });

  it('locks optimistically: 412 for a version that is not the present one', async () => {
    await putOne(organisation('22222222'));
    const changed = organisation('22222222', { name: 'Renamed' });
    expect((await putOne(changed, hospital, { 'if-match': 'W/"7"' })).status).toBe(412);
    expect((await transact([put(changed, 'W/"7"')])).status).toBe(412);
    expect((await putOne(changed, hospital, { 'if-match': 'W/"1"' })).status).toBe(200);
  });

  it('makes one version of concurrent different writes of one version', async () => {
    await putOne(organisation('22222222'));
    const writes = Array.from({ length: 8 }, (_, turn) =>
      putOne(organisation('22222222', { name: `Name ${turn}` }), hospital, { 'if-match': 'W/"1"' }),
    );
    const statuses = (await Promise.all(writes)).map((response) => response.status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 7 }, () => 412)]);
  });

  it('does nothing at all when one entry is refused', async () => {
    const response = await transact([
      put(organisation('22222222')),
      put(endpoint('22222222', { status: 'nonsense' })),
    ]);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      issue: [{ expression: ['Bundle.entry[1].resource.status'] }],
    });
    expect((await find('Organization')).total).toBe(0);
  });
});

describe('whose entries they are', () => {
  it.each([
    ['an organisation with another’s URA', organisation('22222222'), 403],
    [
      'an organisation with no URA and no parent',
      organisation('44444444', { identifier: [{ value: 'x' }] }),
      422,
    ],
    ['an endpoint of nobody', endpoint('44444444', { managingOrganization: undefined }), 422],
    ['an endpoint of an organisation that does not exist', endpoint('44444444'), 422],
  ])('refuses %s', async (_name, resource, status) => {
    expect((await putOne(resource, pharmacy)).status).toBe(status);
  });

  it('refuses to change or to hang on what is another’s', async () => {
    await transact([put(organisation('22222222')), put(endpoint('22222222'))]);
    expect(
      (
        await putOne(
          organisation('22222222', { identifier: [{ system: identifierSystems.ura, value: '44444444' }] }),
          pharmacy,
        )
      ).status,
    ).toBe(403);
    expect((await putOne(endpoint('22222222', { address: 'https://thief.example' }), pharmacy)).status).toBe(
      403,
    );
    const hanging = endpoint('22222222', { id: 'other', address: 'https://thief.example' });
    expect((await putOne(hanging, pharmacy)).status).toBe(422);
  });

  it('takes a department that is part of the own organisation', async () => {
    const department = {
      resourceType: 'Organization',
      id: 'cardiology',
      name: 'Cardiology',
      partOf: { reference: 'Organization/org-22222222' },
    };
    expect((await transact([put(department), put(organisation('22222222'))])).status).toBe(200);
  });

  it('needs the scope, and never deletes', async () => {
    expect(
      (await transact([put(organisation('22222222'))], { ...hospital, scope: 'lrza:read' })).status,
    ).toBe(403);
    expect(
      (await transact([{ request: { method: 'DELETE', url: 'Organization/org-22222222' } }])).status,
    ).toBe(422);
    const url = `${book.url}/fhir/Organization/org-22222222`;
    expect((await book.issuer.fetch(url, hospital, { method: 'DELETE' })).status).toBe(404);
  });
});

describe('searching', () => {
  beforeEach(async () => {
    await transact([put(organisation('22222222')), put(endpoint('22222222'))]);
    await transact(
      [put(organisation('44444444', { active: false })), put(endpoint('44444444', { status: 'off' }))],
      pharmacy,
    );
  });
  const ura = (value: string) => encodeURIComponent(`${identifierSystems.ura}|${value}`);

  it('finds an organisation by URA with its endpoints', async () => {
    const found = await find(`Organization?identifier=${ura('22222222')}&_include=Organization:endpoint`);
    expect(found).toMatchObject({
      total: 1,
      ids: ['Organization/org-22222222', 'Endpoint/fhir-22222222'],
      modes: ['match', 'include'],
    });
  });

  it('by POST as well', async () => {
    const response = await book.issuer.fetch(`${book.url}/fhir/Organization/_search`, pharmacy, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `identifier=${ura('44444444')}`,
    });
    expect(await response.json()).toMatchObject({ total: 1, entry: [{ resource: { id: 'org-44444444' } }] });
  });

  it.each([
    ['Organization?active=true', ['Organization/org-22222222']],
    ['Organization?name=provider 2', ['Organization/org-22222222']],
    ['Organization?name:contains=4444', ['Organization/org-44444444']],
    ['Organization?name:exact=provider 22222222', []],
    ['Organization?name=%25', []],
    ['Endpoint?organization=Organization/org-22222222', ['Endpoint/fhir-22222222']],
    ['Endpoint?organization=org-22222222&status=active,error', ['Endpoint/fhir-22222222']],
    ['Endpoint?status=off', ['Endpoint/fhir-44444444']],
    ['Endpoint?_id=fhir-22222222,fhir-44444444', ['Endpoint/fhir-22222222', 'Endpoint/fhir-44444444']],
    ['Organization?_lastUpdated=ge2020-01-01', ['Organization/org-22222222', 'Organization/org-44444444']],
    ['Organization?_lastUpdated=lt2020-01-01', []],
    ['Organization?identifier=22222222,44444444&active=false', ['Organization/org-44444444']],
    [
      'Organization?_id=org-22222222&_revinclude=Endpoint:organization',
      ['Organization/org-22222222', 'Endpoint/fhir-22222222'],
    ],
  ])('%s', async (query, ids) => {
    expect((await find(query)).ids).toEqual(ids);
  });

  it.each([
    'Organization?colour=blue',
    'Organization?identifier=',
    'Organization?_lastUpdated=yesterday',
    'Endpoint?_include=Patient:x',
    'Organization?_count=0',
  ])('refuses %s', async (query) => {
    expect((await book.issuer.fetch(`${book.url}/fhir/${query}`, pharmacy)).status).toBe(400);
  });

  it('pages', async () => {
    const first = await find('Organization?_count=1');
    expect(first).toMatchObject({ total: 2, ids: ['Organization/org-22222222'] });
    const second = await find((first.next ?? '').slice(`${book.url}/fhir/`.length));
    expect(second).toMatchObject({ total: 2, ids: ['Organization/org-44444444'], next: undefined });
  });

  it('knows no other types', async () => {
    expect((await book.issuer.fetch(`${book.url}/fhir/Practitioner`, pharmacy)).status).toBe(404);
  });
});

describe('metadata', () => {
  it('is public', async () => {
    expect(await (await fetch(`${book.url}/fhir/metadata`)).json()).toMatchObject({
      resourceType: 'CapabilityStatement',
    });
  });
});

describe('a care provider that stops', () => {
  const told = (): Promise<{ ura: string; active: boolean }[]> =>
    book.query(
      `SELECT payload::jsonb->>'ura' AS ura, (payload::jsonb->>'active')::boolean AS active FROM event_log.event
        WHERE type = 'addressing.organisation-status-changed' ORDER BY position`,
    );

  it('is told of once, and again when it goes on', async () => {
    const before = (await told()).length;
    await putOne(organisation('22222222'));
    expect(await told()).toHaveLength(before);
    await putOne(organisation('22222222', { active: false }));
    await putOne(organisation('22222222', { active: false, name: 'Another name' }));
    await putOne(organisation('44444444'), pharmacy);
    expect((await told()).slice(before)).toEqual([{ ura: '22222222', active: false }]);
    await putOne(organisation('22222222'));
    expect((await told()).slice(before)).toEqual([
      { ura: '22222222', active: false },
      { ura: '22222222', active: true },
    ]);
  });
});
