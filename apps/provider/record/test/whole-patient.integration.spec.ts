import { readFile } from 'node:fs/promises';
import { validateResource } from '@samenhang/fhir-r4';
import { identifierSystems, type FhirResource } from '@samenhang/data-model';
import pg from 'pg';
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

interface Bundle {
  total?: number;
  entry?: { fullUrl?: string; resource: FhirResource; search: { mode: string } }[];
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
      patient('pa-old', null),
      allergy('a1', 'pa-old'),
      laboratory('o1', 'pa', 4.1),
      laboratory('o2', 'pa', 5, '2026-10-01T08:00:00+02:00'),
    ],
    merges: [{ survivor: 'pa', replaced: 'pa-old' }],
  });
  await feed({
    position: 2,
    changes: [put({ resourceType: 'Organization', id: 'lab', name: 'Laboratorium' }, null)],
  });
  await feed({ position: 3, changes: [patient('pb', B), laboratory('o3', 'pb', 9)] });
  await feed({ position: 1, tenant: pharmacy, changes: [patient('pa', A), allergy('a9', 'pa', 'Jodium')] });
  await vi.waitFor(
    async () => {
      const status = (await (await fetch(`${record.url}/status`)).json()) as { counts: unknown };
      expect(status.counts).toEqual({ resources: 10, patients: 3 });
    },
    { timeout: 60_000 },
  );
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

function ask(
  value: string,
  parameters: readonly object[] = [],
  claims: Claims = generalPractitioner,
): Promise<Response> {
  const named = { name: 'patient', valueIdentifier: { system: identifierSystems.bsn, value } };
  return record.trust.fetch(`${base}/Patient/$everything`, base, claims, {
    method: 'POST',
    headers: { 'content-type': 'application/fhir+json' },
    body: JSON.stringify({ resourceType: 'Parameters', parameter: [named, ...parameters] }),
  });
}

async function bundle(response: Response): Promise<Bundle> {
  const text = await response.text();
  expect(response.status, text).toBe(200);
  expect(validateResource(JSON.parse(text))).toEqual([]);
  return JSON.parse(text) as Bundle;
}

const ids = ({ entry = [] }: Bundle, mode = 'match'): string[] =>
  entry.filter(({ search }) => search.mode === mode).map(({ resource }) => resource.id);
const category = (...codes: string[]) => codes.map((valueCode) => ({ name: 'category', valueCode }));
const audited = () => record.log.payloads<{ auditEvent: FhirResource }>('audit.recorded');

describe('the whole of a patient', () => {
  it('is the facts of the person, of that person alone, with what they refer to', async () => {
    const whole = await bundle(await ask(A));
    expect(ids(whole)).toEqual(['a1', 'o1', 'o2', 'pa']);
    expect(ids(whole, 'include')).toEqual(['lab']);
    expect(whole.total).toBe(4);
    expect(whole.entry?.[0]?.resource['patient']).toEqual({ reference: 'Patient/pa' });
  });

  it.each([
    [category('ObservationLaboratory'), ['o1', 'o2', 'pa']],
    [[{ name: '_type', valueCode: 'AllergyIntolerance,Condition' }], ['a1', 'pa']],
    [
      [{ name: 'start', valueDate: '2026-11' }, ...category('ObservationLaboratory')],
      ['o1', 'pa'],
    ],
    [
      [{ name: 'end', valueDate: '2026-10' }, ...category('ObservationLaboratory')],
      ['o2', 'pa'],
    ],
    [[{ name: '_since', valueInstant: '2100-01-01T00:00:00Z' }], ['pa']],
    [[{ name: '_since', valueInstant: '2020-01-01T00:00:00Z' }], ['a1', 'o1', 'o2', 'pa']],
  ])('narrowed by %j', async (parameters, expected) => {
    expect(ids(await bundle(await ask(A, parameters)))).toEqual(expected);
  });

  it('is nothing for a number that is not held, after consent was asked all the same', async () => {
    expect(await bundle(await ask('999990007'))).toMatchObject({ total: 0 });
    expect(record.trust.questions.length).toBeGreaterThan(0);
  });

  it('lacks what the role may not see, and says which', async () => {
    const nurse = { ...generalPractitioner, user_role: '30.000' };
    const whole = await bundle(await ask(A, category('AllergyIntolerance', 'ObservationLaboratory'), nurse));
    expect(ids(whole)).toEqual(['a1', 'pa']);
    const outcome = whole.entry?.find(({ search }) => search.mode === 'outcome')?.resource;
    expect(outcome?.['issue']).toMatchObject([
      { code: 'forbidden', details: { coding: [{ code: 'ObservationLaboratory' }] } },
    ]);
  });

  it('is refused without consent, and not now while consent cannot be asked', async () => {
    record.trust.consent = 'Deny';
    expect((await ask(A)).status).toBe(403);
    record.trust.consent = 'down';
    const response = await ask(A, category('Patient'));
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
  });

  it('is one entry in the trail, one question of consent per category, and the same few statements however much there is', async () => {
    const before = (await audited()).length;
    const statements = vi.spyOn(pg.Client.prototype, 'query');
    await bundle(await ask(A, category('AllergyIntolerance', 'ObservationLaboratory')));
    const texts = statements.mock.calls.map(([statement]) =>
      typeof statement === 'string' ? statement : String((statement as { text?: unknown }).text),
    );
    statements.mockRestore();
    expect(texts.filter((text) => /\bresource r\b|\bpatient p\b/.test(text))).toHaveLength(2);
    const trail = (await audited()).slice(before);
    expect(trail).toHaveLength(1);
    const query = Buffer.from(
      'Patient/$everything?category=Patient,AllergyIntolerance,ObservationLaboratory',
    ).toString('base64');
    expect(JSON.stringify(trail)).toContain(query);
    expect(record.trust.questions).toHaveLength(2);
  });
});

describe('a question that is not understood', () => {
  it.each([
    ['no number', '12345', []],
    ['another parameter', A, [{ name: 'colour', valueCode: 'red' }]],
    ['an unknown category', A, category('Everything')],
    ['no date', A, [{ name: 'start', valueDate: 'yesterday' }]],
    ['two patients', A, [{ name: 'patient', valueIdentifier: { system: identifierSystems.bsn, value: B } }]],
  ])('%s', async (_what, value, parameters) => {
    const response = await ask(value, parameters);
    expect(response.status).toBe(400);
    expect(await response.text()).not.toContain(A);
    expect(record.trust.questions).toEqual([]);
  });
});

describe('the operation', () => {
  it('is what the CapabilityStatement and its definition say', async () => {
    const file = new URL('../conformance/OperationDefinition-holder-everything.json', import.meta.url);
    const definition = JSON.parse(await readFile(file, 'utf8')) as FhirResource & { url: string };
    expect(validateResource(definition)).toEqual([]);
    const statement = (await (await fetch(`${base}/metadata`)).json()) as {
      rest: { resource: { type: string; operation?: object[] }[] }[];
    };
    const offered = statement.rest[0]?.resource.find(({ type }) => type === 'Patient')?.operation;
    expect(offered).toContainEqual({ name: 'everything', definition: definition.url });
  });
});
