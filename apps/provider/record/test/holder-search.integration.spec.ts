import type { FhirResource, RecordChange } from '@samenhang/data-model';
import { validateResource } from '@samenhang/fhir-r4';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bgzPatient, sharedResources } from './bgz-patient.js';
import { hospital, laboratory, message, put, remove } from './record-builders.js';
import { RunningRecord } from './running-record.js';
import { generalPractitioner, type Claims } from './stand-in-trust.js';

const nurse: Claims = { ...generalPractitioner, user_role: '30.000' };

interface Bundle {
  total?: number;
  link: { relation: string; url: string }[];
  entry?: {
    resource?: FhirResource & { meta?: { tag?: { code: string }[] } };
    search?: { mode: string };
    request?: { method: string };
    response?: { etag: string };
  }[];
}

let record: RunningRecord;
let base: string;

beforeAll(async () => {
  record = await RunningRecord.start(`${hospital}:V4`);
  base = `${record.url}/tenants/${hospital}/fhir`;
  const series = [1, 2, 3, 4, 5].map((n) => laboratory(`pa-series-${n}`, 'pa', n, `2026-0${n}-01`));
  await feed(1, [...sharedResources, ...bgzPatient('pa', '900186021'), ...series]);
  await feed(2, [
    laboratory('pa-series-1', 'pa', 1.5, '2026-01-01'),
    remove('Observation', 'pa-series-2', 'pa'),
  ]);
  await feed(3, [
    put(
      {
        resourceType: 'Flag',
        id: 'pa-last',
        status: 'active',
        code: { text: 'Laatste' },
        subject: { reference: 'Patient/pa' },
      },
      'pa',
    ),
  ]);
  await vi.waitFor(async () => expect((await get('Flag/pa-last')).status).toBe(200), { timeout: 60_000 });
});
afterAll(() => record?.stop());

async function feed(position: number, changes: readonly RecordChange[]): Promise<void> {
  const { type, key, tenant, payload } = message({ position, changes });
  await record.log.publish({ type, key, tenant, payload });
}
const get = (
  path: string,
  headers: Record<string, string> = {},
  claims: Claims = generalPractitioner,
): Promise<Response> =>
  record.trust.fetch(path.startsWith('http') ? path : `${base}/${path}`, base, claims, { headers });

async function bundle(path: string, claims: Claims = generalPractitioner): Promise<Bundle> {
  const response = await get(path, {}, claims);
  const text = await response.text();
  expect(response.status, `${path}: ${text}`).toBe(200);
  expect(validateResource(JSON.parse(text))).toEqual([]);
  return JSON.parse(text) as Bundle;
}
const ids = ({ entry = [] }: Bundle, mode = 'match'): (string | undefined)[] =>
  entry.filter(({ search }) => search?.mode === mode).map(({ resource }) => resource?.id);
const nextOf = ({ link }: Bundle): string | undefined =>
  link.find(({ relation }) => relation === 'next')?.url;

describe('criteria', () => {
  it.each([
    ['Observation', 'value-quantity=80.5|http://unitsofmeasure.org|kg', ['pa-obs-10']],
    ['Observation', 'value-quantity=gt100||cm', ['pa-obs-11']],
    ['Observation', 'value-quantity=80', []],
    ['Observation', 'value-quantity=ap85||kg', ['pa-obs-10']],
    ['Observation', 'component-value-quantity=le120||mmHg', ['pa-obs-8']],
    ['Observation', 'component-code=http://loinc.org|8480-6', ['pa-obs-8']],
    ['Observation', 'combo-code=8480-6', ['pa-obs-8']],
    ['Observation', 'specimen=pa-blood', ['pa-lab-part']],
    ['Observation', 'specimen=Specimen/pa-blood', ['pa-lab-part']],
    ['Observation', 'specimen:Specimen=pa-blood', ['pa-lab-part']],
    ['Observation', 'specimen=Specimen/other', []],
    ['Observation', 'specimen:missing=false', ['pa-lab-part']],
    ['Observation', 'has-member=Observation/pa-lab-part', ['pa-obs-13']],
    ['Observation', 'date:missing=true', ['pa-obs-5', 'pa-obs-6', 'pa-obs-7']],
    ['Encounter', 'class:not=AMB', ['pa-stay']],
    ['Immunization', 'status:not=completed', ['pa-refused']],
    ['Condition', 'code:text=DIABETES', ['pa-problem']],
    ['Condition', 'code:text=mellitus', ['pa-problem']],
    ['Condition', 'code:text=asthma', []],
    ['Condition', 'recorded-date=2020-05', ['pa-problem']],
    ['Condition', 'recorded-date=gt2020-05', []],
    ['Condition', 'recorded-date=lt2020-05-06T00:00:00%2B02:00', ['pa-problem']],
    ['Condition', 'onset-date=2019', ['pa-problem']],
    ['Condition', '_profile=urn:x', []],
    ['Composition', 'title=samen', ['pa-gp']],
    ['Composition', 'title:contains=VATTING', ['pa-gp']],
    ['Composition', 'title:exact=samen', []],
    ['Composition', 'title=100%25', []],
    ['MedicationRequest', 'period-of-use=lt2026', []],
    ['MedicationRequest', 'medication=Medication/pa-drug', ['pa-agreement']],
    ['Appointment', 'date=ge2026-12&status=booked,pending', ['pa-booked']],
    ['Patient', 'family=jans', ['pa']],
    ['Patient', 'family=Smit', []],
  ])('%s?%s', async (type, criteria, expected) => {
    const named = type === 'Patient' ? '_id=pa' : 'patient=Patient/pa';
    const found = await bundle(`${type}?${named}&${criteria.replaceAll('|', '%7C')}&_sort=_id`);
    expect(ids(found)).toEqual(expected);
  });
});

describe('the form of the answer', () => {
  const series = 'Observation?patient=pa&code=2823-3&_id=pa-series-1,pa-series-3,pa-series-4,pa-series-5';

  /** When each was stored depends on how they came in; ids are in the order of their dates. */
  async function byLastUpdated(direction: 1 | -1): Promise<(string | undefined)[]> {
    const moments = ((await bundle(series)).entry ?? []).map(({ resource }) => {
      const { id, meta } = resource as unknown as { id: string; meta: { lastUpdated: string } };
      return { id, key: `${meta.lastUpdated} ${id}` };
    });
    return moments.toSorted((a, b) => direction * (a.key < b.key ? -1 : 1)).map(({ id }) => id);
  }

  it.each<[string, string[] | undefined]>([
    ['-date', ['pa-series-5', 'pa-series-4', 'pa-series-3', 'pa-series-1']],
    ['date', ['pa-series-1', 'pa-series-3', 'pa-series-4', 'pa-series-5']],
    ['-_id', ['pa-series-5', 'pa-series-4', 'pa-series-3', 'pa-series-1']],
    ['-_lastUpdated,-_id', undefined],
    ['_lastUpdated,date', undefined],
  ])('in the order of %s, in pages that neither repeat nor skip', async (sort, given) => {
    const expected = given ?? (await byLastUpdated(sort.startsWith('-') ? -1 : 1));
    expect(ids(await bundle(`${series}&_sort=${sort}`))).toEqual(expected);
    const seen: (string | undefined)[] = [];
    let url: string | undefined = `${series}&_sort=${sort}&_count=1&_total=accurate`;
    while (url !== undefined && seen.length < 10) {
      const page: Bundle = await bundle(url);
      expect(page.total).toBe(4);
      seen.push(...ids(page));
      url = nextOf(page);
    }
    expect(seen).toEqual(expected);
  });

  it('goes on where it was when what came before is gone', async () => {
    const first = await bundle('Observation?patient=pa&_sort=_id&_count=3');
    expect(ids(first)).toHaveLength(3);
    const all = ids(await bundle('Observation?patient=pa&_sort=_id'));
    expect(ids(await bundle(nextOf(first) ?? ''))).toEqual(all.slice(3, 6));
    expect((await get('Observation?patient=pa&_sort=-date&_cursor=WzEsMl0')).status).toBe(400);
  });

  it('counts only, when that is asked', async () => {
    const counted = await bundle('Observation?patient=pa&code=2823-3&_summary=count');
    expect(counted).toMatchObject({ total: 5 });
    expect(counted.entry).toBeUndefined();
    expect((await bundle(`${series}&_total=none`)).total).toBeUndefined();
  });

  it.each([
    ['_elements=subject', ['code', 'id', 'meta', 'resourceType', 'status', 'subject']],
    ['_elements=value', ['code', 'id', 'meta', 'resourceType', 'status', 'valueQuantity']],
    ['_summary=text', ['code', 'id', 'meta', 'resourceType', 'status']],
    [
      '_summary=true',
      [
        'code',
        'effectiveDateTime',
        'id',
        'meta',
        'performer',
        'resourceType',
        'status',
        'subject',
        'valueQuantity',
      ],
    ],
  ])('of the elements that %s names, marked as a part', async (form, expected) => {
    const [entry] = (await bundle(`Observation?patient=pa&_id=pa-series-3&${form}`)).entry ?? [];
    expect(Object.keys(entry?.resource ?? {}).sort()).toEqual(expected);
    expect(entry?.resource?.meta?.tag?.map(({ code }) => code)).toContain('SUBSETTED');
  });

  it.each([
    '_summary=some',
    '_elements=a%20b',
    '_total=all',
    '_summary=text&_elements=code',
    'status:missing=perhaps',
    'value-quantity=many',
  ])('refuses %s', async (form) => {
    expect((await get(`Observation?patient=pa&${form}`)).status).toBe(400);
  });

  it('says what it cannot do, or refuses it', async () => {
    const path = 'Observation?patient=pa&_sort=value-quantity&_include=Nothing:x';
    expect(JSON.stringify(await bundle(path))).toContain('Ignored, not supported: _sort=value-quantity');
    expect((await get(path, { prefer: 'handling=strict' })).status).toBe(400);
  });
});

describe('what comes along', () => {
  it('is followed further with :iterate only', async () => {
    const once = await bundle(
      'CarePlan?patient=pa&_include=CarePlan:care-team&_include=CareTeam:participant',
    );
    expect(ids(once, 'include')).toEqual(['pa-team']);
    const further = await bundle(
      'CarePlan?patient=pa&_include=CarePlan:care-team&_include:iterate=CareTeam:participant',
    );
    expect(ids(further, 'include')).toEqual(['pa-team', 'gp']);
  });

  it('is what refers to the matches, too', async () => {
    const found = await bundle('ServiceRequest?patient=pa&status=active&_revinclude=Procedure:based-on');
    expect(ids(found, 'include')).toEqual(['pa-surgery']);
  });

  it('is only what the caller may have', async () => {
    // A nurse may see vital signs and conditions, and no laboratory results.
    const path =
      'Observation?patient=pa&category=vital-signs&_include=Observation:has-member&_revinclude=Observation:has-member';
    expect(ids(await bundle(path, nurse)).sort()).toEqual(['pa-obs-10', 'pa-obs-11', 'pa-obs-8', 'pa-obs-9']);
    const laboratoryOf = await bundle('Encounter?patient=pa&_revinclude=Observation:encounter', nurse);
    expect(ids(laboratoryOf, 'include')).toEqual([]);
    expect(ids(await bundle('Observation?patient=pa&_total=accurate', nurse))).not.toContain('pa-lab-part');
    expect((await get('DocumentReference?patient=pa', {}, nurse)).status).toBe(403);
    expect((await get('DocumentReference/pa-letter', {}, nurse)).status).toBe(403);
  });
});

describe('versions', () => {
  it('of a resource, newest first, each under its own number', async () => {
    const history = await bundle('Observation/pa-series-1/_history');
    expect(history.entry?.map(({ response, request }) => [response?.etag, request?.method])).toEqual([
      ['W/"2"', 'PUT'],
      ['W/"1"', 'POST'],
    ]);
    const first = await get('Observation/pa-series-1/_history/1');
    expect(first.headers.get('etag')).toBe('W/"1"');
    expect(await first.json()).toMatchObject({ valueQuantity: { value: 1 }, meta: { versionId: '1' } });
    expect(await (await get('Observation/pa-series-1/_history/2')).json()).toMatchObject({
      valueQuantity: { value: 1.5 },
    });
    expect((await get('Observation/pa-series-1/_history/3')).status).toBe(404);
    expect((await get('Observation/pa-series-1/_history/x')).status).toBe(404);
  });

  it('of a type, in pages, deletions included', async () => {
    const whole = await bundle('Observation/_history?patient=Patient/pa');
    expect(whole.entry?.filter(({ request }) => request?.method === 'DELETE')).toHaveLength(1);
    const pages: unknown[] = [];
    let url: string | undefined = 'Observation/_history?patient=Patient/pa&_count=7';
    while (url !== undefined && pages.length < 100) {
      const page: Bundle = await bundle(url);
      pages.push(...(page.entry ?? []));
      url = nextOf(page);
    }
    expect(pages).toEqual(whole.entry);
    expect((await bundle('Observation/_history?patient=Patient/pa&_since=2100')).entry).toBeUndefined();
  });

  it('are given as what they were is', async () => {
    expect((await get('Observation/pa-series-1/_history', {}, nurse)).status).toBe(404);
    expect((await get('Observation/pa-series-1/_history/1', {}, nurse)).status).toBe(403);
    const told = await bundle('Observation/_history?patient=Patient/pa', nurse);
    expect(JSON.stringify(told)).not.toContain('pa-series');
    expect((await get('Observation/_history')).status).toBe(400);
  });

  it('are not sent again to who has them', async () => {
    const response = await get('Observation/pa-series-3');
    const [etag, modified] = [
      response.headers.get('etag') ?? '',
      response.headers.get('last-modified') ?? '',
    ];
    expect((await get('Observation/pa-series-3', { 'if-none-match': etag })).status).toBe(304);
    expect((await get('Observation/pa-series-3', { 'if-none-match': 'W/"9", W/"1"' })).status).toBe(304);
    expect((await get('Observation/pa-series-3', { 'if-none-match': 'W/"9"' })).status).toBe(200);
    expect((await get('Observation/pa-series-3', { 'if-modified-since': modified })).status).toBe(304);
    expect(
      (await get('Observation/pa-series-3', { 'if-modified-since': 'Tue, 01 Jan 2019 00:00:00 GMT' })).status,
    ).toBe(200);
    expect((await get('Observation/pa-series-3', { 'if-none-match': etag }, nurse)).status).toBe(403);
  });
});
