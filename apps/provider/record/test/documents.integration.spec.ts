import { identifierSystems, type FhirResource } from '@samenhang/data-model';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { allergy, hospital, laboratory, message, patient, put } from './record-builders.js';
import { RunningRecord } from './running-record.js';
import { generalPractitioner, type Claims } from './stand-in-trust.js';

const bsn = '900186021';
const subject = { reference: 'Patient/pa' };
const nurse = { ...generalPractitioner, user_role: '30.000' };

let record: RunningRecord;
let base: string;

beforeAll(async () => {
  record = await RunningRecord.start(`${hospital}:V4`);
  base = `${record.url}/tenants/${hospital}/fhir`;
  const letter = {
    resourceType: 'DocumentReference',
    id: 'letter',
    status: 'current',
    subject,
    content: [{ attachment: { contentType: 'application/pdf', url: 'Binary/b1' } }],
  };
  const report = {
    resourceType: 'DiagnosticReport',
    id: 'report',
    status: 'final',
    subject,
    code: { text: 'Histology' },
    presentedForm: [{ contentType: 'text/plain', url: 'Binary/b2' }],
  };
  const { type, key, tenant, payload } = message({
    position: 1,
    changes: [
      patient('pa', bsn),
      allergy('a1', 'pa'),
      laboratory('o1', 'pa', 4),
      put({ resourceType: 'Flag', id: 'flag', status: 'active', subject, code: { text: 'MRSA' } }, 'pa'),
      put({ resourceType: 'Coverage', id: 'cover', status: 'active', beneficiary: subject }, 'pa'),
      put(letter, 'pa'),
      put(report, 'pa'),
      put({ resourceType: 'Binary', id: 'b1', contentType: 'application/pdf', data: 'JVBERi0=' }, null),
      put({ resourceType: 'Binary', id: 'b2', contentType: 'text/plain', data: 'SGVsbG8=' }, null),
    ],
  });
  await record.log.publish({ type, key, tenant, payload });
  await vi.waitFor(async () => expect((await get('DocumentReference/letter')).status).toBe(200), {
    timeout: 60_000,
  });
});
afterAll(() => record?.stop());
beforeEach(() => record.trust.consentOf.clear());

const get = (path: string, context?: string, claims: Claims = generalPractitioner): Promise<Response> =>
  record.trust.fetch(`${base}/${path}`, base, claims, {
    headers: context === undefined ? {} : { 'x-security-context': context },
  });

interface Bundle {
  entry?: { resource: FhirResource & { issue?: object[] }; search: { mode: string } }[];
}

async function everything(parameters: readonly object[], claims: Claims = generalPractitioner) {
  const named = { name: 'patient', valueIdentifier: { system: identifierSystems.bsn, value: bsn } };
  const response = await record.trust.fetch(`${base}/Patient/$everything`, base, claims, {
    method: 'POST',
    headers: { 'content-type': 'application/fhir+json' },
    body: JSON.stringify({ resourceType: 'Parameters', parameter: [named, ...parameters] }),
  });
  const text = await response.text();
  expect(response.status, text).toBe(200);
  const { entry = [] } = JSON.parse(text) as Bundle;
  const of = (mode: string) =>
    entry.filter(({ search }) => search.mode === mode).map(({ resource }) => resource);
  return {
    ids: of('match')
      .map(({ id }) => id)
      .sort(),
    issues: of('outcome').flatMap(({ issue = [] }) => issue),
  };
}
const codes = (name: string, ...values: string[]) => values.map((valueCode) => ({ name, valueCode }));

describe('the whole of a patient', () => {
  it('has what is in no data category', async () => {
    const { ids, issues } = await everything([]);
    expect(ids).toEqual(['a1', 'cover', 'flag', 'letter', 'o1', 'pa', 'report']);
    expect(issues).toEqual([]);
  });

  it.each([
    ['categories alone', codes('category', 'AllergyIntolerance'), ['a1', 'pa']],
    ['a type alone', codes('_type', 'DocumentReference'), ['letter', 'pa']],
    [
      'a category with another type',
      [...codes('category', 'AllergyIntolerance'), ...codes('other', 'Flag')],
      ['a1', 'flag', 'pa'],
    ],
    ['other types alone', [...codes('category', 'Patient'), ...codes('other', 'Coverage')], ['cover', 'pa']],
  ])('narrowed to %s', async (_what, parameters, expected) => {
    expect((await everything(parameters)).ids).toEqual(expected);
  });

  it('lacks of it what the role may not see all that guards, and says so by type', async () => {
    const { ids, issues } = await everything([], nurse);
    expect(ids).toEqual(['a1', 'cover', 'flag', 'pa']);
    const types = issues
      .map((issue) => JSON.stringify(issue))
      .filter((text) => text.includes('resource-types'));
    expect(types.join()).toContain('DocumentReference');
    expect(types.join()).not.toContain('Flag');
  });

  it('lacks it where consent is refused for any of what guards it', async () => {
    record.trust.consentOf.set('GGC012', 'Deny');
    const { ids } = await everything([]);
    expect(ids).toEqual(['a1', 'cover', 'flag', 'pa']);
  });

  it('is not asked for a type that is in no need of it', async () => {
    const response = await record.trust.fetch(`${base}/Patient/$everything`, base, generalPractitioner, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify({
        resourceType: 'Parameters',
        parameter: [
          { name: 'patient', valueIdentifier: { system: identifierSystems.bsn, value: bsn } },
          ...codes('other', 'Binary'),
        ],
      }),
    });
    expect(response.status).toBe(400);
  });
});

describe('a Binary', () => {
  it.each([
    ['b1', 'DocumentReference/letter', 'JVBERi0='],
    ['b2', 'DiagnosticReport/report', 'SGVsbG8='],
  ])('is given in the context of its document: %s', async (id, context, data) => {
    const response = await get(`Binary/${id}`, context);
    expect(response.status).toBe(200);
    expect(response.headers.get('etag')).toBe('W/"1"');
    expect(await response.json()).toMatchObject({ resourceType: 'Binary', id, data });
  });

  it.each([
    ['without a context', 'b1', undefined, 400],
    ['of another document', 'b2', 'DocumentReference/letter', 404],
    ['of what is no document', 'b1', 'Flag/flag', 400],
    ['of a document that is not there', 'b1', 'DocumentReference/none', 404],
    ['that is not there', 'b3', 'DocumentReference/letter', 404],
  ])('is not given %s', async (_what, id, context, status) => {
    expect((await get(`Binary/${id}`, context)).status).toBe(status);
  });

  it('is not given to whom its document is not', async () => {
    expect((await get('Binary/b1', 'DocumentReference/letter', nurse)).status).toBe(403);
    record.trust.consentOf.set('GGC012', 'Deny');
    expect((await get('Binary/b1', 'DocumentReference/letter')).status).toBe(403);
  });

  it('is recorded as an access to its document', async () => {
    const before = (await record.log.payloads('audit.recorded')).length;
    await get('Binary/b1', 'DocumentReference/letter');
    const trail = (await record.log.payloads('audit.recorded')).slice(before);
    expect(trail).toHaveLength(1);
    expect(JSON.stringify(trail)).toContain('DocumentReference');
  });

  it('is not searched', async () => {
    expect((await get('Binary?patient=Patient/pa')).status).toBe(404);
  });
});
