import { identifierSystems, type FhirResource } from '@samenhang/data-model';
import { validateResource } from '@samenhang/fhir-r4';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bgzSearches } from '../src/operations/bgz-searches.js';
import { searchableTypes } from '../src/search/searchable-types.js';
import { twoHolders } from './patient-record.js';
import { generalPractitioner as claims } from './claims.js';
import { RunningQueryApi } from './running-query-api.js';
import { bsnA, bsnB, holdingWhole, StandInHolder } from './stand-in-holder.js';

const categories = [
  'Patient',
  'Condition',
  'AllergyIntolerance',
  'MedicationRequest',
  'MedicationDispense',
  'MedicationUse',
  'ObservationLaboratory',
  'ObservationVitalSigns',
  'Encounter',
  'Procedure',
  'Immunization',
] as const;

interface Bundle {
  readonly total?: number;
  readonly link: { relation: string; url: string }[];
  readonly entry?: {
    readonly fullUrl?: string;
    readonly resource: FhirResource & { issue?: { code: string; diagnostics: string }[] };
    readonly search: { mode: string };
  }[];
}

let api: RunningQueryApi;
let hospital: StandInHolder;
let practice: StandInHolder;

beforeAll(async () => {
  api = await RunningQueryApi.start({ SOURCE_DEADLINE_MS: '20000' });
  const records = twoHolders();
  hospital = await StandInHolder.startWhole(holdingWhole(records.hospital.resources));
  practice = await StandInHolder.startWhole(holdingWhole(records.practice.resources));
  api.platform.providers = [
    { ura: '22222222', name: 'Hospital', address: hospital.base, categories },
    { ura: '11111111', name: 'Practice', address: practice.base, categories },
  ];
});
afterAll(async () => {
  await Promise.all([hospital.close(), practice.close()]);
  await api.stop();
});

type Criteria = Readonly<Record<string, string | readonly string[]>>;

function formOf(type: string, criteria: Criteria, bsn: string): URLSearchParams {
  const form = new URLSearchParams();
  const name =
    type === 'Patient' ? 'identifier' : type === 'Coverage' ? 'beneficiary.identifier' : 'patient.identifier';
  form.append(name, `${identifierSystems.bsn}|${bsn}`);
  for (const [key, values] of Object.entries(criteria))
    for (const value of [values].flat()) form.append(key, value);
  return form;
}

function search(
  type: string,
  criteria: Criteria = {},
  { changes = {}, headers = {}, operation = '_search', bsn = bsnA } = {},
): Promise<Response> {
  return api.platform.call(
    `${api.url}/fhir/${type}/${operation}`,
    { ...claims, ...changes },
    {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: formOf(type, criteria, bsn).toString(),
    },
  );
}

async function bundle(response: Response): Promise<Bundle> {
  const text = await response.text();
  expect(response.status, text).toBe(200);
  expect(text).not.toMatch(new RegExp(`"url":"[^"]*${bsnA}`));
  return JSON.parse(text) as Bundle;
}

const ids = ({ entry = [] }: Bundle, mode = 'match'): string[] =>
  entry.filter(({ search: { mode: own } }) => own === mode).map(({ resource }) => resource.id);
const found = async (type: string, criteria: Criteria = {}): Promise<string[]> =>
  ids(await bundle(await search(type, criteria, { headers: { prefer: 'handling=strict' } })));
const next = ({ link }: Bundle): string | undefined => link.find(({ relation }) => relation === 'next')?.url;

describe('the searches of the BgZ', () => {
  const expected: readonly (readonly string[])[] = [
    ['g'],
    [],
    [],
    [],
    [],
    ['h-c1', 'h-c2', 'g-c1'],
    [],
    [],
    [],
    [],
    [],
    [],
    ['g-a1'],
    ['g-s1'],
    ['h-m1'],
    ['h-d1'],
    [],
    ['g-i1'],
    ['h-bp2'],
    ['h-w1'],
    ['g-len'],
    ['h-l2', 'h-l3'],
    ['h-p1'],
    ['h-e1'],
    [],
    [],
    [],
  ];

  it.each(bgzSearches.map((one, index) => [JSON.stringify(one), one, expected[index]] as const))(
    '%s',
    async (_text, { type, criteria, isLastN }, wanted) => {
      const operation = isLastN === true ? '$lastn' : '_search';
      const response = await search(type, criteria, { operation, headers: { prefer: 'handling=strict' } });
      expect(ids(await bundle(response)).sort()).toEqual([...(wanted ?? [])].sort());
    },
  );

  it('are answered by one call, with the Provenance and the medication of what they find', async () => {
    const before = hospital.seen.length;
    const response = await api.platform.call(`${api.url}/fhir/Patient/$bgz`, claims, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify({
        resourceType: 'Parameters',
        parameter: [{ name: 'patient', valueIdentifier: { system: identifierSystems.bsn, value: bsnA } }],
      }),
    });
    const all = await bundle(response);
    expect(validateResource(all)).toEqual([]);
    expect(ids(all).sort()).toEqual([...new Set(expected.flat())].sort());
    expect(ids(all, 'include')).toContain('h-med');
    const provenance = all.entry?.filter(({ resource }) => resource.resourceType === 'Provenance');
    expect(provenance).toHaveLength(ids(all).length);
    expect(hospital.seen.length).toBe(before + 1);
  });
});

describe('criteria', () => {
  it.each([
    ['Condition', { 'clinical-status': 'active' }, ['h-c1', 'g-c1']],
    ['Condition', { 'clinical-status:not': 'resolved' }, ['h-c1', 'g-c1']],
    ['Condition', { code: 'http://snomed.info/sct|' }, ['h-c1', 'h-c2', 'g-c1']],
    ['Condition', { code: '|22298006' }, []],
    ['Condition', { 'onset-date': 'ge2020' }, ['h-c1', 'h-c2']],
    ['Condition', { 'onset-date': 'lt2020' }, ['g-c1']],
    ['Condition', { 'onset-date': 'sa2020' }, ['h-c1']],
    ['Condition', { 'onset-date': ['ge2019', 'le2020-12-31'] }, ['h-c2', 'g-c1']],
    ['Condition', { _id: 'h-c2' }, ['h-c2']],
    ['Condition', { 'verification-status:missing': 'true' }, ['h-c1', 'h-c2', 'g-c1']],
    ['Condition', { _sort: '-onset-date' }, ['h-c1', 'h-c2', 'g-c1']],
    ['Condition', { _sort: 'onset-date' }, ['g-c1', 'h-c2', 'h-c1']],
    ['Observation', { 'value-quantity': 'gt100|http://unitsofmeasure.org|u' }, ['g-len', 'h-l3']],
    ['Observation', { 'value-quantity': '5' }, ['h-l2']],
    ['Observation', { category: 'laboratory', date: '2026-05' }, ['h-l2', 'h-l3']],
    ['Patient', { family: 'jans' }, ['g']],
    ['Patient', { 'family:exact': 'jans' }, []],
    ['Immunization', { 'vaccine-code:text': 'GRIEP' }, ['g-i1']],
  ])('%s %j', async (type, criteria, wanted) => {
    expect((await found(type, criteria as Criteria)).sort()).toEqual([...wanted].sort());
    if ('_sort' in criteria) expect(await found(type, criteria as Criteria)).toEqual(wanted);
  });

  it('gives what is asked along', async () => {
    const whole = await bundle(
      await search('MedicationRequest', {
        _include: ['MedicationRequest:medication', 'MedicationRequest:patient'],
        _revinclude: 'Provenance:target',
      }),
    );
    expect(validateResource(whole)).toEqual([]);
    const included = whole.entry?.filter(({ search: { mode } }) => mode === 'include') ?? [];
    expect(included.map(({ resource }) => resource.resourceType).sort()).toEqual([
      'Medication',
      'Patient',
      'Provenance',
      'Provenance',
    ]);
  });

  it('gives only the elements asked, and says so', async () => {
    const { entry = [] } = await bundle(await search('Condition', { _elements: 'code' }));
    const [shown] = entry;
    expect(Object.keys(shown?.resource ?? {}).sort()).toEqual([
      'code',
      'id',
      'meta',
      'resourceType',
      'subject',
    ]);
    expect(JSON.stringify(shown?.resource['meta'])).toContain('SUBSETTED');
  });

  it('counts without giving, and does not count where a source is missing', async () => {
    const counted = await bundle(await search('Condition', { _summary: 'count' }));
    expect([counted.total, ids(counted)]).toEqual([3, []]);
    expect((await bundle(await search('Condition', { _total: 'none' }))).total).toBeUndefined();
  });

  it('says what it left out of account, and refuses it where that is preferred', async () => {
    const lenient = await bundle(await search('Condition', { colour: 'red' }));
    expect(JSON.stringify(lenient.entry?.at(-1))).toContain('Ignored, not supported: colour');
    expect(JSON.stringify(lenient.link)).not.toContain('colour');
    const strict = await search('Condition', { colour: 'red' }, { headers: { prefer: 'handling=strict' } });
    expect(strict.status).toBe(400);
  });
});

describe('pages', () => {
  const pageAt = (url: string, changes = {}): Promise<Response> =>
    api.platform.call(url, { ...claims, ...changes }, { method: 'GET' });

  it('agree with each other and end, and no source is asked for them', async () => {
    const first = await bundle(await search('Observation', { _count: '3' }));
    expect(first.total).toBe(8);
    const before = hospital.seen.length + practice.seen.length;
    const seen = [...ids(first)];
    for (let url = next(first); url !== undefined;) {
      const page = await bundle(await pageAt(url));
      seen.push(...ids(page));
      url = next(page);
    }
    expect(hospital.seen.length + practice.seen.length).toBe(before);
    expect(seen).toEqual(await found('Observation'));
    expect(new Set(seen).size).toBe(8);
  });

  it('are for the one who asked', async () => {
    const url = next(await bundle(await search('Observation', { _count: '3' }))) ?? '';
    expect((await pageAt(url, { user_id: '000012345' })).status).toBe(404);
    expect((await pageAt(url, { treatment_relation: undefined })).status).toBe(404);
    expect((await pageAt(`${api.url}/fhir/pages/nonsense`)).status).toBe(400);
    expect((await pageAt(url)).status).toBe(200);
  });
});

describe('SMART scopes', () => {
  const narrowed = async (scopes: string, type: string, criteria: Criteria = {}): Promise<Bundle> =>
    bundle(await search(type, criteria, { changes: { scope: `view:read ${scopes}` } }));

  it.each([
    ['patient/Observation.rs?category=laboratory', 'Observation', ['h-l1', 'h-l2', 'h-l3']],
    ['patient/Observation.rs', 'Condition', []],
    ['patient/*.rs', 'Condition', ['h-c1', 'h-c2', 'g-c1']],
    ['user/Condition.read', 'Condition', ['h-c1', 'h-c2', 'g-c1']],
    ['patient/Condition.r', 'Condition', []],
    ['patient/Condition.rs?colour=red', 'Condition', []],
    ['patient/Condition.rs?clinical-status=active', 'Condition', ['h-c1', 'g-c1']],
  ])('%s of %s', async (scopes, type, wanted) => {
    const answer = await narrowed(scopes, type);
    expect(ids(answer).sort()).toEqual([...wanted].sort());
    expect(answer.total).toBe(wanted.length);
  });

  it('hold for what comes along as well', async () => {
    const answer = await narrowed('patient/MedicationRequest.rs', 'MedicationRequest', {
      _include: 'MedicationRequest:medication',
    });
    expect(ids(answer, 'include')).toEqual([]);
  });
});

describe('a search that is refused', () => {
  it.each([
    ['a chain', 'Condition', { 'asserter.name': 'x' }],
    ['a reverse chain', 'Condition', { '_has:Observation:patient:code': 'x' }],
    ['all there is to include', 'Condition', { _include: '*' }],
    ['no date', 'Condition', { 'onset-date': 'yesterday' }],
    ['no count', 'Condition', { _count: 'many' }],
    ['another person as well', 'Condition', { 'subject.identifier': `${identifierSystems.bsn}|${bsnB}` }],
    ['a reference to a person', 'Condition', { patient: 'Patient/h' }],
  ])('%s', async (_what, type, criteria) => {
    const before = hospital.seen.length;
    const response = await search(type, criteria as Criteria);
    expect(response.status).toBe(400);
    expect(await response.text()).not.toContain(bsnA);
    expect(hospital.seen.length).toBe(before);
  });

  it('of what the role may not see, rather than found empty', async () => {
    const before = hospital.seen.length;
    const nurse = { changes: { user_role: '30.000' } };
    expect((await search('Observation', { category: 'laboratory' }, nurse)).status).toBe(403);
    expect(hospital.seen.length).toBe(before);
    expect((await search('AllergyIntolerance', {}, nurse)).status).toBe(200);
  });

  it('of an unknown type, in another form, or with criteria in the URL', async () => {
    expect((await search('Thing')).status).toBe(404);
    const json = { headers: { 'content-type': 'application/fhir+json' } };
    expect((await search('Condition', {}, json)).status).toBe(400);
    const url = `${api.url}/fhir/Condition/_search?code=x`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = formOf('Condition', {}, bsnA).toString();
    expect((await api.platform.call(url, claims, { method: 'POST', headers, body })).status).toBe(400);
  });
});

describe('the registry', () => {
  it.each(searchableTypes.map((searchable) => [searchable.type, searchable] as const))(
    'of %s holds nothing that is not understood',
    async (type, { parameters, includes }) => {
      const criteria: Record<string, string | string[]> = {
        _include: includes.map(({ name }) => `${type}:${name}`),
      };
      for (const { name, kind } of parameters)
        criteria[name] =
          kind === 'date' ? '2026' : kind === 'quantity' ? '1' : kind === 'composite' ? 'x$1' : 'x';
      const response = await search(type, criteria, { headers: { prefer: 'handling=strict' } });
      expect(response.status, await response.text()).toBe(200);
    },
  );
});
