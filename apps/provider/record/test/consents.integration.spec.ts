import { identifierSystems } from '@samenhang/data-model';
import { withClient } from '@samenhang/persistence';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { allergy, hospital, laboratory, message, patient, pharmacy, put } from './record-builders.js';
import { RunningRecord } from './running-record.js';
import { generalPractitioner, type Claims } from './stand-in-trust.js';

const A = '900186021';
const B = '999901370';
const practice = '11111111';
const admin: Claims = { scope: 'record:admin', organization_ura: hospital, client_id: 'portal' };
const purposes = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
const types = 'http://hl7.org/fhir/resource-types';

let record: RunningRecord;
let base: string;
let consents: string;

beforeAll(async () => {
  record = await RunningRecord.start(`${hospital}:V4,${pharmacy}:A1`);
  base = `${record.url}/tenants/${hospital}/fhir`;
  consents = `${record.url}/tenants/${hospital}/consents`;
  const letter = (id: string) =>
    put({ resourceType: 'Condition', id, subject: { reference: 'Patient/pa' }, code: { text: id } }, 'pa');
  const changes = [
    patient('pa', A),
    allergy('a1', 'pa'),
    allergy('a2', 'pa'),
    laboratory('o1', 'pa', 4.1),
    letter('c1'),
    letter('c2'),
    patient('pb', B),
    allergy('b1', 'pb'),
  ];
  const { type, key, tenant, payload } = message({ position: 1, changes });
  await record.log.publish({ type, key, tenant, payload });
  await vi.waitFor(
    async () => {
      const status = (await (await fetch(`${record.url}/status`)).json()) as { counts: unknown };
      expect(status.counts).toMatchObject({ resources: 8 });
    },
    { timeout: 30_000 },
  );
});
afterAll(() => record?.stop());
beforeEach(async () => {
  record.trust.consent = 'Permit';
  await withClient(record.database.url, (client) =>
    client.query('TRUNCATE record.consent, record.consent_history'),
  );
});

const actor = (system: string, value: string): object => ({
  role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] },
  reference: { identifier: { system, value } },
});
const gp = actor(identifierSystems.ura, practice);
const only = (...references: string[]): object => ({
  data: references.map((reference) => ({ meaning: 'instance', reference: { reference } })),
});

function consent(provision: object, change: object = {}): Record<string, unknown> {
  return {
    resourceType: 'Consent',
    status: 'active',
    scope: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
    },
    category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
    policyRule: { text: 'Chosen at the desk' },
    patient: { identifier: { system: identifierSystems.bsn, value: A } },
    organization: [{ identifier: { system: identifierSystems.ura, value: hospital } }],
    provision,
    ...change,
  };
}

const send = (method: string, url: string, body: unknown, claims = admin, headers: object = {}) =>
  record.trust.fetch(url, record.url, claims, {
    method,
    headers: { 'content-type': 'application/fhir+json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
async function keep(provision: object, change: object = {}): Promise<{ id: string }> {
  const response = await send('POST', consents, consent(provision, change));
  expect([response.status, response.status === 201 ? '' : await response.text()]).toEqual([201, '']);
  return (await response.json()) as { id: string };
}
async function found(search: string, claims: Claims = generalPractitioner): Promise<string[] | number> {
  const response = await record.trust.fetch(`${base}/${search}`, base, claims);
  if (response.status !== 200) return response.status;
  const { entry = [] } = (await response.json()) as { entry?: { resource: { id: string } }[] };
  return entry.map(({ resource }) => resource.id).sort();
}
const allergies = (claims?: Claims): Promise<string[] | number> =>
  found('AllergyIntolerance?patient=Patient/pa', claims);
const statusOf = async (path: string): Promise<number> =>
  (await record.trust.fetch(`${base}/${path}`, base, generalPractitioner)).status;
const lastReasons = async (): Promise<string> => {
  const events = await record.log.payloads<{ auditEvent: object }>('audit.recorded');
  return JSON.stringify(events.at(-1)?.auditEvent);
};

describe('what a holder decides by consents of its own', () => {
  it('nothing, while there are none', async () => {
    expect(await allergies()).toEqual(['a1', 'a2']);
  });

  it('a denial for who asks, though the register permits; others are let in, and the trail says why', async () => {
    await keep({ type: 'deny', actor: [gp] });
    expect(await allergies()).toBe(403);
    expect(await lastReasons()).toContain('own_consent_deny');
    expect(await statusOf('AllergyIntolerance/a1')).toBe(403);
    expect(await allergies({ ...generalPractitioner, organization_ura: '55555555' })).toEqual(['a1', 'a2']);
    expect(await found('AllergyIntolerance?patient=Patient/pb')).toEqual(['b1']);
  });

  it('a permit, where the register knows of nothing; never where it denies or does not answer', async () => {
    await keep({ type: 'permit', actor: [gp] });
    record.trust.consent = 'NotApplicable';
    expect(await allergies()).toEqual(['a1', 'a2']);
    record.trust.consent = 'Deny';
    expect(await allergies()).toBe(403);
    record.trust.consent = 'Indeterminate';
    expect(await allergies()).toBe(403);
  });

  it('a tie is a denial; the more exact one wins', async () => {
    record.trust.consent = 'NotApplicable';
    await keep({ type: 'permit', actor: [gp] });
    await keep({ type: 'deny', actor: [gp] });
    expect(await allergies()).toBe(403);
    await keep({ type: 'permit', actor: [actor(identifierSystems.uziPerson, '000095254')] });
    expect(await allergies()).toEqual(['a1', 'a2']);
  });

  it('what is expired, has not begun, or is not active is ignored', async () => {
    record.trust.consent = 'NotApplicable';
    await keep({ type: 'permit', period: { end: '2026-01-01' } });
    await keep({ type: 'permit', period: { start: '2099-01-01' } });
    await keep({ type: 'permit' }, { status: 'inactive' });
    expect(await allergies()).toBe(403);
    await keep({ type: 'permit', period: { start: '2026-01-01', end: '2099-01-01' } });
    expect(await allergies()).toEqual(['a1', 'a2']);
    record.trust.consent = 'Permit';
    await keep({ type: 'deny', actor: [gp], period: { end: '2026-01-01' } });
    expect(await allergies()).toEqual(['a1', 'a2']);
  });

  it('categories, purposes, roles and kinds of care providers', async () => {
    await keep({ type: 'deny', class: [{ system: types, code: 'AllergyIntolerance' }] });
    expect(await allergies()).toBe(403);
    expect(await found('Condition?patient=Patient/pa')).toEqual(['c1', 'c2']);
    await keep({ type: 'deny', purpose: [{ system: purposes, code: 'HRESCH' }] });
    expect(await found('Condition?patient=Patient/pa')).toEqual(['c1', 'c2']);
    await keep({ type: 'deny', actor: [actor(identifierSystems.organisationType, 'A1')] });
    expect(await found('Condition?patient=Patient/pa')).toEqual(['c1', 'c2']);
    await keep({ type: 'deny', actor: [actor(identifierSystems.uziRole, '01.015')] });
    expect(await found('Condition?patient=Patient/pa')).toBe(403);
  });

  it('exceptions within a consent', async () => {
    record.trust.consent = 'NotApplicable';
    await keep({
      type: 'permit',
      actor: [gp],
      provision: [{ type: 'deny', class: [{ system: types, code: 'Condition' }] }],
    });
    expect(await allergies()).toEqual(['a1', 'a2']);
    expect(await found('Condition?patient=Patient/pa')).toBe(403);
  });
});

describe('consents about single resources', () => {
  it('a permit opens that one and no other, however it is asked for', async () => {
    record.trust.consent = 'NotApplicable';
    await keep({ type: 'permit', actor: [gp], ...only('Condition/c1') });
    expect(await found('Condition?patient=Patient/pa')).toEqual(['c1']);
    expect(await statusOf('Condition/c1')).toBe(200);
    expect(await statusOf('Condition/c2')).toBe(403);
    expect(await allergies()).toEqual([]);
    expect(await statusOf('AllergyIntolerance/a1')).toBe(403);
    const whole = await record.trust.fetch(`${base}/Patient/$everything`, base, generalPractitioner, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify({
        resourceType: 'Parameters',
        parameter: [{ name: 'patient', valueIdentifier: { system: identifierSystems.bsn, value: A } }],
      }),
    });
    const text = await whole.text();
    expect([whole.status, text.includes('"c1"'), text.includes('"c2"')]).toEqual([200, true, false]);
    expect(text).not.toContain('"a1"');
  });

  it('a denial withholds that one and no other', async () => {
    await keep({ type: 'deny', ...only('AllergyIntolerance/a2', 'Condition/c1') });
    expect(await allergies()).toEqual(['a1']);
    expect(await statusOf('AllergyIntolerance/a2')).toBe(403);
    expect(await lastReasons()).toContain('own_consent_withholds_resources');
    expect(await found('Condition?patient=Patient/pa')).toEqual(['c2']);
    record.trust.consent = 'Deny';
    expect(await allergies()).toBe(403);
  });
});

describe('the consents themselves', () => {
  it('have versions, and are changed by who saw the last one', async () => {
    const { id } = await keep({ type: 'deny', actor: [gp] });
    const change = (version: string | undefined, body: unknown) =>
      send('PUT', `${consents}/${id}`, body, admin, version === undefined ? {} : { 'if-match': version });
    const inactive = consent({ type: 'deny', actor: [gp] }, { status: 'inactive' });
    expect((await change(undefined, inactive)).status).toBe(400);
    expect((await change('W/"2"', inactive)).status).toBe(412);
    const changed = await change('W/"1"', inactive);
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, 'W/"2"']);
    expect((await change('W/"1"', inactive)).status).toBe(412);
    expect(await allergies()).toEqual(['a1', 'a2']);
    const read = async (path: string): Promise<unknown> =>
      (await send('GET', `${consents}/${path}`, undefined)).json();
    expect(await read(id)).toMatchObject({ status: 'inactive', meta: { versionId: '2' } });
    expect(await read(`${id}/_history/1`)).toMatchObject({ status: 'active', meta: { versionId: '1' } });
    const other = { ...inactive, patient: { identifier: { system: identifierSystems.bsn, value: B } } };
    expect((await change('W/"2"', other)).status).toBe(422);
  });

  it('are found by patient, and keep no number in the clear', async () => {
    const { id } = await keep({ type: 'deny', actor: [gp] });
    const response = await record.trust.fetch(`${consents}/_search`, record.url, admin, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ 'patient:identifier': `${identifierSystems.bsn}|${A}` }).toString(),
    });
    expect(await response.json()).toMatchObject({
      total: 1,
      entry: [{ resource: { id, patient: { identifier: { value: A } } } }],
    });
    const rows = await withClient(record.database.url, (client) =>
      client.query('SELECT * FROM record.consent, record.consent_history'),
    );
    expect(JSON.stringify(rows.rows)).not.toContain(A);
  });

  it('are for the administration of that care provider', async () => {
    const { id } = await keep({ type: 'deny', actor: [gp] });
    const other = { ...admin, organization_ura: pharmacy };
    expect((await send('GET', `${consents}/${id}`, undefined, other)).status).toBe(403);
    expect((await send('POST', consents, consent({ type: 'deny' }), other)).status).toBe(403);
    expect((await send('POST', consents, consent({ type: 'deny' }), { ...generalPractitioner })).status).toBe(
      403,
    );
    const elsewhere = `${record.url}/tenants/${pharmacy}/consents/${id}`;
    expect((await send('GET', elsewhere, undefined, other)).status).toBe(404);
  });

  it.each<[string, object, object]>([
    ['no provision', {}, { provision: undefined }],
    ['neither permit nor deny', { actor: [gp] }, {}],
    ['an element that is not applied', { type: 'deny', securityLabel: [{ code: 'R' }] }, {}],
    ['another action', { type: 'deny', action: [{ coding: [{ code: 'correct' }] }] }, {}],
    ['somebody who is not told apart', { type: 'deny', actor: [actor('https://x.example', '1')] }, {}],
    [
      'data by relation',
      { type: 'deny', data: [{ meaning: 'related', reference: { reference: 'Condition/c1' } }] },
      {},
    ],
    ['data elsewhere', { type: 'deny', ...only('https://x.example/Condition/c1,Condition/c2') }, {}],
    ['a type of no category', { type: 'deny', class: [{ system: types, code: 'Basic' }] }, {}],
    [
      'another care provider',
      { type: 'deny' },
      { organization: [{ identifier: { system: identifierSystems.ura, value: pharmacy } }] },
    ],
    ['a patient without a number', { type: 'deny' }, { patient: { reference: 'Patient/pa' } }],
    [
      'a number that fails the eleven-test',
      { type: 'deny' },
      { patient: { identifier: { system: identifierSystems.bsn, value: '123456789' } } },
    ],
    ['what is no valid FHIR', { type: 'deny' }, { status: 'on' }],
  ])('refuse %s', async (_name, provision, change) => {
    const response = await send('POST', consents, consent(provision, change));
    expect(response.status).toBe(422);
    expect(await response.text()).not.toMatch(/123456789|900186021/);
  });
});
