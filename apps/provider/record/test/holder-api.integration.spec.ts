import { validateResource } from '@samenhang/fhir-r4';
import {
  identifierSystems,
  mappingVersionSystem,
  type FhirResource,
  type RecordChange,
} from '@samenhang/data-model';
import { withClient } from '@samenhang/persistence';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  allergy,
  hospital,
  laboratory,
  message,
  patient,
  pharmacy,
  put,
  type MessageParts,
} from './record-builders.js';
import { RunningRecord } from './running-record.js';
import { generalPractitioner, type Claims } from './stand-in-trust.js';

const A = '900186021';
const B = '999901370';
const C = '999911120';
interface Bundle {
  total?: number;
  link: { relation: string; url: string }[];
  entry?: {
    fullUrl?: string;
    resource: FhirResource & { issue?: { diagnostics: string }[] };
    search: { mode: string };
  }[];
}

let record: RunningRecord;
let base: string;

beforeAll(async () => {
  record = await RunningRecord.start(`${hospital}:V4,${pharmacy}:A1`);
  base = `${record.url}/tenants/${hospital}/fhir`;
  await feed({
    position: 1,
    changes: [
      patient('pa', A),
      allergy('a1', 'pa'),
      laboratory('o1', 'pa', 4.1),
      laboratory('o2', 'pa', 5, '2026-10-01T08:00:00+02:00'),
    ],
  });
  await feed({
    position: 2,
    changes: [put({ resourceType: 'Organization', id: 'lab', name: 'Laboratorium' }, null)],
  });
  await feed({ position: 3, changes: [patient('pb', B), laboratory('o3', 'pb', 9)] });
  await feed({
    position: 4,
    changes: [
      patient('pc-old', null),
      patient('pc', C),
      laboratory('o4', 'pc-old', 7),
      vitalSign('v1', 'pc'),
    ],
    merges: [{ survivor: 'pc', replaced: 'pc-old' }],
  });
  await feed({ position: 1, tenant: pharmacy, changes: [patient('pa', A), allergy('a9', 'pa', 'Jodium')] });
  await vi.waitFor(async () => expect(await counts()).toEqual({ resources: 13, patients: 4 }), {
    timeout: 20_000,
  });
});
afterAll(() => record?.stop());
beforeEach(() => {
  record.trust.consent = 'Permit';
  record.trust.questions.length = 0;
});

async function feed(parts: MessageParts): Promise<void> {
  const { type, key, tenant, payload } = message(parts);
  await record.log.publish({ type, key, tenant, payload });
}
async function counts(): Promise<unknown> {
  const status = (await (await fetch(`${record.url}/status`)).json()) as { counts: unknown };
  return status.counts;
}
function vitalSign(id: string, patientId: string): RecordChange {
  const change = laboratory(id, patientId, 80);
  if (change.action !== 'put') return change;
  const category = [
    {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }],
    },
  ];
  return { ...change, body: JSON.stringify({ ...JSON.parse(change.body), category }) };
}
const get = (path: string, claims: Claims = generalPractitioner, headers: Record<string, string> = {}) =>
  record.trust.fetch(path.startsWith('http') ? path : `${base}/${path}`, base, claims, { headers });
const post = (
  type: string,
  form: Record<string, string> | string[][],
  claims: Claims = generalPractitioner,
  at = base,
) =>
  record.trust.fetch(`${at}/${type}/_search`, at, claims, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form as Record<string, string>).toString(),
  });
async function bundle(response: Response): Promise<Bundle> {
  expect(response.status, await response.clone().text()).toBe(200);
  const text = await response.text();
  expect(validateResource(JSON.parse(text))).toEqual([]);
  return JSON.parse(text) as Bundle;
}
const ids = ({ entry = [] }: Bundle, mode = 'match') =>
  entry.filter(({ search }) => search.mode === mode).map(({ resource }) => resource.id);
const audit = () => record.log.payloads<{ auditEvent: { outcome: string } }>('audit.recorded');
const byBsn = (bsn: string) => ({ identifier: `${identifierSystems.bsn}|${bsn}` });

describe('finding the patient', () => {
  it('by BSN in a body, with consent asked first', async () => {
    const found = await bundle(await post('Patient', byBsn(A)));
    expect(found.entry?.map(({ fullUrl }) => fullUrl)).toEqual([`${base}/Patient/pa`]);
    expect(found.total).toBe(1);
    expect(JSON.stringify(found.link)).not.toContain(A);
    expect(record.trust.questions).toHaveLength(1);
  });

  it('never by BSN in a URL', async () => {
    for (const query of [`identifier=${identifierSystems.bsn}|${A}`, `identifier=${A}`, `patient=${A}`]) {
      const response = await get(`Patient?${query.replace('|', '%7C')}`);
      expect(response.status).toBe(400);
      expect(await response.text()).not.toContain(A);
    }
  });

  it('gives nobody for a BSN that is not held, after asking consent all the same', async () => {
    expect((await bundle(await post('Patient', byBsn('999990007')))).total).toBe(0);
    expect(record.trust.questions).toHaveLength(1);
  });

  it('gives the survivor of a merge, and facts of both under its id', async () => {
    expect(ids(await bundle(await post('Patient', byBsn(C))))).toEqual(['pc']);
    const facts = await bundle(await post('Observation', { patient: 'Patient/pc', category: 'laboratory' }));
    expect(facts.entry?.[0]?.resource['subject']).toEqual({ reference: 'Patient/pc' });
    expect(ids(facts)).toEqual(['o4']);
  });
});

describe('searching facts', () => {
  const search = async (query: string, headers = {}) =>
    bundle(await get(query, generalPractitioner, headers));

  it('by patient, newest first, in pages that end', async () => {
    const first = await search('Observation?patient=Patient/pa&category=laboratory&_count=1');
    expect(ids(first)).toEqual(['o1']);
    expect(first.total).toBeUndefined();
    const next = first.link.find(({ relation }) => relation === 'next')?.url ?? '';
    const second = await search(next);
    expect(ids(second)).toEqual(['o2']);
    expect(second.link.map(({ relation }) => relation)).toEqual(['self']);
  });

  it.each([
    ['code=2823-3', ['o1', 'o2']],
    ['code=http://loinc.org|2823-3', ['o1', 'o2']],
    ['code=http://loinc.org|', ['o1', 'o2']],
    ['code=|2823-3', []],
    ['code=1234-5,2823-3', ['o1', 'o2']],
    ['code=1234-5&code=2823-3', []],
    ['status=final', ['o1', 'o2']],
    ['date=2026-11-20', ['o1']],
    ['date=ge2026-11', ['o1']],
    ['date=lt2026-11', ['o2']],
    ['date=ne2026-11-20', ['o2']],
    ['date=sa2026-10-01&date=eb2027', ['o1']],
    ['date=gt2026-10-01T08:00:00%2B02:00', ['o1']],
    ['_id=o2', ['o2']],
    ['_lastUpdated=gt2020', ['o1', 'o2']],
    ['_lastUpdated=lt2020', []],
  ])('Observation?%s', async (criteria, expected) => {
    expect(ids(await search(`Observation?patient=Patient/pa&${criteria.replaceAll('|', '%7C')}`))).toEqual(
      expected,
    );
  });

  it('of other types', async () => {
    expect(ids(await search('AllergyIntolerance?patient=pa&clinical-status=active&date=2026-03'))).toEqual([
      'a1',
    ]);
    expect(ids(await search('Condition?patient=pa'))).toEqual([]);
  });

  it('with what they refer to, when asked', async () => {
    const found = await search('Observation?patient=Patient/pa&_include=Observation:performer');
    expect(ids(found, 'include')).toEqual(['lab']);
  });

  it('says what it ignores, or refuses it when asked to be strict', async () => {
    const found = await search('Observation?patient=Patient/pa&colour=red');
    expect(found.entry?.at(-1)).toMatchObject({
      search: { mode: 'outcome' },
      resource: { issue: [{ diagnostics: 'Ignored, not supported: colour' }] },
    });
    const strict = await get('Observation?patient=Patient/pa&colour=red', generalPractitioner, {
      prefer: 'handling=strict',
    });
    expect(strict.status).toBe(400);
  });

  it.each([
    'Observation?code=x',
    'Observation?patient=Patient/pa,Patient/pb',
    'Observation?patient=Patient/pa&patient=Patient/pb',
    'Observation?subject:Patient.identifier=x',
    'Observation?patient=Patient/pa&_count=no',
    'Observation?patient=Patient/pa&_cursor=x',
    'Observation?patient=Patient/pa&date=gisteren',
    'Observation?patient=..%2fpb',
  ])('refuses %s', async (query) => {
    expect((await get(query)).status).toBe(400);
  });

  it('refuses a POST whose body names another patient than its URL', async () => {
    const response = await record.trust.fetch(
      `${base}/Observation/_search?patient=Patient/pa`,
      base,
      generalPractitioner,
      {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'patient=Patient/pb',
      },
    );
    expect(response.status).toBe(400);
  });
});

describe('reading', () => {
  it('gives the stored text with its version', async () => {
    const response = await get('Observation/o1');
    expect(response.headers.get('etag')).toBe('W/"1"');
    expect(response.headers.get('last-modified')).toBeTruthy();
    const resource = (await response.json()) as FhirResource;
    expect(resource).toMatchObject({ id: 'o1', meta: { versionId: '1' }, valueQuantity: { value: 4.1 } });
    expect(resource).toHaveProperty('meta.tag', [{ system: mappingVersionSystem, code: '1.0.0' }]);
    expect(validateResource(resource)).toEqual([]);
  });

  it.each(['Observation/none', 'Organization/lab', 'Thing/x', 'Observation/..%2f..'])(
    '404 for %s',
    async (path) => {
      expect((await get(path)).status).toBe(404);
    },
  );
});

describe('who may have what', () => {
  it('nobody without a token for this holder', async () => {
    expect((await fetch(`${base}/Observation/o1`)).status).toBe(401);
    const other = `${record.url}/tenants/${pharmacy}/fhir`;
    expect((await record.trust.fetch(`${base}/Observation/o1`, other, generalPractitioner)).status).toBe(401);
    expect((await get('Observation/o1', { ...generalPractitioner, scope: 'view:read' })).status).toBe(403);
  });

  it('keeps tenants apart', async () => {
    const other = `${record.url}/tenants/${pharmacy}/fhir`;
    const found = await bundle(
      await post('AllergyIntolerance', { patient: 'Patient/pa' }, generalPractitioner, other),
    );
    expect(ids(found)).toEqual(['a9']);
    const elsewhere = `${record.url}/tenants/33333333/fhir`;
    expect(
      (await record.trust.fetch(`${elsewhere}/Observation/o1`, elsewhere, generalPractitioner)).status,
    ).toBe(404);
  });

  it('gives a role only its categories, and records the denial', async () => {
    const before = (await audit()).length;
    const nurse = { ...generalPractitioner, user_role: '30.000' };
    expect((await get('Observation?patient=Patient/pa&category=laboratory', nurse)).status).toBe(403);
    expect((await get('Observation/o1', nurse)).status).toBe(403);
    expect(
      (await get('Observation?patient=Patient/pa', { ...generalPractitioner, user_role: '99.999' })).status,
    ).toBe(403);
    expect(
      (await get('Observation?patient=Patient/pa', { ...generalPractitioner, treatment_relation: 'none' }))
        .status,
    ).toBe(403);
    const recorded = (await audit()).slice(before);
    expect(recorded.map(({ auditEvent }) => auditEvent.outcome)).toEqual(['4', '4', '4', '4']);
    expect(record.trust.questions).toEqual([]);
  });

  it.each(['Deny', 'NotApplicable', 'Indeterminate'] as const)(
    'nobody when the consent register says %s',
    async (answer) => {
      record.trust.consent = answer;
      const response = await post('Patient', byBsn(A));
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({
        resourceType: 'OperationOutcome',
        issue: [{ code: 'forbidden' }],
      });
      expect((await get('Observation?patient=Patient/pa')).status).toBe(403);
      expect((await get('Observation/o1')).status).toBe(403);
    },
  );

  it('nobody while the consent register is down, and says that it may pass', async () => {
    record.trust.consent = 'down';
    const response = await get('Observation?patient=Patient/pa');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
  });

  it('records every answer before it leaves, without the BSN in the query', async () => {
    const before = (await audit()).length;
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const headers = { traceparent: `00-${trace}-00f067aa0ba902b7-01` };
    await get('Observation?patient=Patient/pa&code=2823-3', generalPractitioner, headers);
    const recorded = (await audit()).slice(before);
    expect(recorded).toHaveLength(1);
    expect(recorded[0]?.auditEvent.outcome).toBe('0');
    expect(JSON.stringify(recorded[0])).toContain(trace);
  });

  it('answers nothing that cannot be recorded', async () => {
    await withClient(record.database.url, (client) =>
      client.query('ALTER TABLE event_log.event RENAME TO event_away'),
    );
    try {
      expect((await get('Observation?patient=Patient/pa')).status).toBe(503);
      expect((await get('Observation/o1')).status).toBe(503);
    } finally {
      await withClient(record.database.url, (client) =>
        client.query('ALTER TABLE event_log.event_away RENAME TO event'),
      );
    }
  });
});
