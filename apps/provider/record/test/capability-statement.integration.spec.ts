import { validateResource } from '@samenhang/fhir-r4';
import { tableFormats, tableMediaTypes } from '@samenhang/table-files';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { hospital, laboratory, message, patient } from './record-builders.js';
import { RunningRecord } from './running-record.js';
import { generalPractitioner } from './stand-in-trust.js';

interface Operation {
  name: string;
  definition: string;
  documentation?: string;
}

interface ServedType {
  type: string;
  interaction: { code: string }[];
  conditionalRead?: string;
  searchParam: { name: string; type: string }[];
  searchInclude?: string[];
  searchRevInclude?: string[];
  operation?: Operation[];
}

let record: RunningRecord;
let base: string;
let types: ServedType[];
let offered: { format: string[]; operation: Operation[]; ofGroup: Operation[] };

beforeAll(async () => {
  record = await RunningRecord.start(`${hospital}:V4`);
  base = `${record.url}/tenants/${hospital}/fhir`;
  const changes = [patient('pa', '900186021'), laboratory('o1', 'pa', 4.1)];
  const { type, key, tenant, payload } = message({ position: 1, changes });
  await record.log.publish({ type, key, tenant, payload });
  await vi.waitFor(async () => expect((await get('Observation/o1')).status).toBe(200), { timeout: 60_000 });
  const statement = (await (await fetch(`${base}/metadata`)).json()) as {
    format: string[];
    rest: { resource: ServedType[]; interaction: { code: string }[]; operation: Operation[] }[];
  };
  expect(validateResource(statement)).toEqual([]);
  expect(statement.rest[0]?.interaction).toEqual([{ code: 'batch' }, { code: 'transaction' }]);
  const [{ resource, operation } = { resource: [], operation: [] }] = statement.rest;
  types = resource.filter(({ type }) => type !== 'Group' && type !== 'Binary');
  expect(resource.find(({ type }) => type === 'Binary')?.interaction).toEqual([{ code: 'read' }]);
  const ofGroup = resource.find(({ type }) => type === 'Group')?.operation ?? [];
  offered = { format: statement.format, operation, ofGroup };
});
afterAll(() => record?.stop());

const get = (path: string): Promise<Response> =>
  record.trust.fetch(`${base}/${path}`, base, generalPractitioner, {
    headers: { prefer: 'handling=strict' },
  });
const ofPatient = (type: string): string => `${type}?${type === 'Patient' ? '_id=pa' : 'patient=Patient/pa'}`;
const valueOf: Readonly<Record<string, string>> = { date: 'ge2026', quantity: 'gt5.4', composite: 'pa$1' };
const namesPatient = (name: string): boolean =>
  ['identifier', 'patient', 'subject', 'beneficiary'].includes(name);

/** Strictly handled, what is not understood would be refused. */
async function expectUnderstood(query: string): Promise<void> {
  const response = await get(query);
  expect(response.status, `${query}: ${await response.text()}`).toBe(200);
}

it('offers all types of the BgZ', () => {
  const named = types.map(({ type }) => type);
  for (const type of [
    'Patient',
    'Coverage',
    'Consent',
    'Flag',
    'NutritionOrder',
    'DeviceUseStatement',
    'Appointment',
    'CareTeam',
  ])
    expect(named).toContain(type);
});

it('understands every search parameter it names, and whether it is missing', async () => {
  for (const { type, searchParam } of types) {
    const criteria = searchParam
      .filter(({ name }) => !namesPatient(name))
      .map(({ name, type: kind }) => `${name}=${valueOf[kind] ?? 'pa'}`);
    expect(criteria.length).toBeGreaterThan(2);
    // Several at once: each is as strictly looked at as alone.
    for (let at = 0; at < criteria.length; at += 8)
      await expectUnderstood([ofPatient(type), ...criteria.slice(at, at + 8)].join('&'));
    const missing = searchParam
      .filter(
        ({ name, type: kind }) =>
          !namesPatient(name) && kind !== 'composite' && !/^_(id|lastUpdated)$/.test(name),
      )
      .map(({ name }) => `${name}:missing=true`);
    await expectUnderstood([ofPatient(type), ...missing].join('&'));
  }
});

it('follows every reference it names, forwards and back', async () => {
  for (const { type, searchInclude = [], searchRevInclude = [] } of types) {
    const along = [
      ...searchInclude.map((value) => `_include=${value}`),
      ...searchRevInclude.map((value) => `_revinclude=${value}`),
    ];
    for (let at = 0; at < along.length; at += 40)
      await expectUnderstood([ofPatient(type), ...along.slice(at, at + 40)].join('&'));
  }
});

it('does every interaction and operation it names', async () => {
  for (const { type, interaction, conditionalRead, operation = [] } of types) {
    expect(conditionalRead).toBe('full-support');
    const codes = interaction.map(({ code }) => code);
    expect(codes).toEqual(['read', 'vread', 'history-instance', 'history-type', 'search-type']);
    const [id, found] =
      type === 'Patient' ? ['pa', 200] : type === 'Observation' ? ['o1', 200] : ['none', 404];
    for (const path of [`${type}/${id}`, `${type}/${id}/_history/1`, `${type}/${id}/_history`])
      expect((await get(path)).status, path).toBe(found);
    await expectUnderstood(ofPatient(type).replace('?', '/_history?'));
    if (operation.some(({ name }) => name === 'lastn')) await expectUnderstood(`${type}/$lastn?patient=pa`);
  }
  expect(types.flatMap(({ operation = [] }) => operation.map(({ name }) => name)).sort()).toEqual([
    'everything',
    'export',
    'lastn',
  ]);
});

it('names what it gives under permits, where that is asked, and in which forms', async () => {
  const post = (path: string): Promise<Response> =>
    record.trust.fetch(
      `${base}/${path}`,
      base,
      { client_id: 'secondary-use-api', scope: 'secondary:run' },
      {
        method: 'POST',
        headers: { 'content-type': 'application/fhir+json', prefer: 'respond-async' },
        body: JSON.stringify({ resourceType: 'Parameters', parameter: [] }),
      },
    );
  expect(offered.operation.map(({ name }) => name)).toEqual(['export', 'run', 'viewdefinition-export']);
  const paths = [
    ...offered.operation.map(
      ({ name, documentation = '' }) =>
        /^POST (ViewDefinition\/\$[a-z-]+)/.exec(documentation)?.[1] ?? `$${name}`,
    ),
    ...types.flatMap(({ type, operation = [] }) =>
      operation.filter(({ name }) => name === 'export').map(() => `${type}/$export`),
    ),
    ...offered.ofGroup.map(({ name }) => `Group/0f8c1f6e-2f5c-4d6e-9a52-6d6a4f8b7c11/$${name}`),
  ];
  expect(paths).toHaveLength(5);
  // Each is there, and does not begin without a permit.
  for (const path of paths) expect((await post(path)).status, path).toBe(400);
  const [, formats = ''] = /_format: ([a-z, ]+)\./.exec(offered.operation[1]?.documentation ?? '') ?? [];
  for (const format of formats.split(', ')) {
    const mediaType = tableMediaTypes[format as keyof typeof tableMediaTypes].split(';')[0];
    expect(offered.format).toContain(mediaType);
  }
  expect(formats).toBe(tableFormats.join(', '));
});

it('sends nothing again to who has it, as it says', async () => {
  const read = (headers: Record<string, string>): Promise<Response> =>
    record.trust.fetch(`${base}/Observation/o1`, base, generalPractitioner, { headers });
  const { headers } = await read({});
  expect((await read({ 'if-none-match': headers.get('etag') ?? '' })).status).toBe(304);
  expect((await read({ 'if-modified-since': headers.get('last-modified') ?? '' })).status).toBe(304);
});

it('knows no parameter that it does not name', async () => {
  for (const { type } of types) expect((await get(`${ofPatient(type)}&colour=red`)).status).toBe(400);
});
