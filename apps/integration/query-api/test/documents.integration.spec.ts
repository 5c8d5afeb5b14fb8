import { identifierSystems, type FhirResource } from '@samenhang/data-model';
import { validateResource } from '@samenhang/fhir-r4';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { generalPractitioner as claims } from './claims.js';
import { RunningQueryApi } from './running-query-api.js';
import { bsnA, bsnB, holding, holdingWhole, patient, StandInHolder } from './stand-in-holder.js';

const subject = { reference: 'Patient/p' };
const pdf = { contentType: 'application/pdf', url: 'Binary/b' };
const letter: FhirResource = {
  resourceType: 'DocumentReference',
  id: 'letter',
  status: 'current',
  subject,
  content: [
    { attachment: { contentType: 'text/plain', data: 'SGVsbG8=' } },
    { attachment: pdf },
    { attachment: { contentType: 'application/pdf', url: 'https://elsewhere.example/fhir/Binary/b' } },
  ],
};
const ofSomebodyElse: FhirResource = { ...letter, id: 'other', subject: { reference: 'Patient/q' } };
const flag: FhirResource = {
  resourceType: 'Flag',
  id: 'flag',
  status: 'active',
  subject,
  code: { text: 'MRSA' },
};
const coverage: FhirResource = {
  resourceType: 'Coverage',
  id: 'cover',
  status: 'active',
  beneficiary: subject,
  payor: [{ display: 'Insurer' }],
};
const appointment: FhirResource = {
  resourceType: 'Appointment',
  id: 'visit',
  status: 'booked',
  participant: [{ actor: subject, status: 'accepted' }],
};
const binary: FhirResource = {
  resourceType: 'Binary',
  id: 'b',
  contentType: 'application/pdf',
  data: 'JVBERi0=',
};
const held = [patient('p'), letter, flag, coverage, appointment];

let api: RunningQueryApi;
let hospital: StandInHolder;
let direct: StandInHolder;

/** A holder that reads by id what it has, and answers the rest as it is told. */
function reading(
  answer: Parameters<typeof StandInHolder.start>[0],
): Parameters<typeof StandInHolder.start>[0] {
  const all = [letter, ofSomebodyElse, binary];
  return (request, reply, base) => {
    const [, type, id] = /\/fhir\/([A-Za-z]+)\/([a-z]+)$/.exec(request.url) ?? [];
    if (request.method !== 'GET') return answer(request, reply, base);
    const found = all.find((resource) => resource.resourceType === type && resource.id === id);
    return found ?? reply.code(404).send({ resourceType: 'OperationOutcome', issue: [] });
  };
}

beforeAll(async () => {
  api = await RunningQueryApi.start({
    SOURCE_DEADLINE_MS: '30000',
    VIEW_BUDGET_MS: '60000',
    LOCALISATION_CACHE_SECONDS: '0',
  });
  const onlySearch = held.filter(({ resourceType }) => resourceType !== 'Patient');
  hospital = await StandInHolder.startWhole(
    reading((request, reply, base) =>
      (request.url.endsWith('_search') ? holding(...held) : holdingWhole(held))(request, reply, base),
    ),
  );
  direct = await StandInHolder.start(holding(patient('p'), ...onlySearch), [], ['Flag', 'Appointment']);
});
beforeEach(() => {
  api.platform.providers = [
    { ura: '22222222', name: 'Hospital', address: hospital.base, categories: ['Patient', 'Condition'] },
  ];
});
afterAll(async () => {
  await Promise.all([hospital.close(), direct.close()]);
  await api.stop();
});

interface Bundle {
  entry: { fullUrl: string; resource: FhirResource; search: { mode: string } }[];
}

const named = (value: string) => ({
  name: 'patient',
  valueIdentifier: { system: identifierSystems.bsn, value },
});

function operation(path: string, parameter: readonly object[], changes = {}): Promise<Response> {
  return api.platform.call(
    `${api.url}/fhir/${path}`,
    { ...claims, ...changes },
    {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify({ resourceType: 'Parameters', parameter }),
    },
  );
}

async function matches(response: Response): Promise<string[]> {
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return (JSON.parse(text) as Bundle).entry
    .filter(({ search }) => search.mode === 'match')
    .map(({ resource }) => `${resource.resourceType}/${resource.id}`)
    .sort();
}

describe('what is in no data category', () => {
  it('is part of everything, as facts', async () => {
    expect(await matches(await operation('Patient/$everything', [named(bsnA)]))).toEqual([
      'Appointment/visit',
      'Coverage/cover',
      'DocumentReference/letter',
      'Flag/flag',
      'Patient/p',
    ]);
    expect(hospital.seen.at(-1)?.body).toContain('{"name":"other","valueCode":"DocumentReference"}');
  });

  it('is asked by type, and nothing else with it', async () => {
    const types = [named(bsnA), { name: '_type', valueCode: 'Flag' }];
    expect(await matches(await operation('Patient/$everything', types))).toEqual(['Flag/flag', 'Patient/p']);
    expect(hospital.seen.at(-1)?.body).not.toContain('DocumentReference');
  });

  it('is not asked for whom may not see all that guards it', async () => {
    const nurse = { user_role: '30.000' };
    expect(await matches(await operation('Patient/$everything', [named(bsnA)], nurse))).not.toContain(
      'DocumentReference/letter',
    );
    expect(hospital.seen.at(-1)?.body).not.toContain('DocumentReference');
    expect(hospital.seen.at(-1)?.body).toContain('{"name":"other","valueCode":"Flag"}');
  });

  it('is searched, also at a source that says which types it can be searched for', async () => {
    api.platform.providers = [
      { ura: '44444444', name: 'Direct', address: direct.base, categories: ['Patient'] },
    ];
    const search = (type: string): Promise<Response> =>
      api.platform.call(`${api.url}/fhir/${type}/_search`, claims, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ 'patient.identifier': `${identifierSystems.bsn}|${bsnA}` }).toString(),
      });
    expect(await matches(await search('Flag'))).toEqual(['Flag/flag']);
    expect(await matches(await search('Appointment'))).toEqual(['Appointment/visit']);
    // It does not say that it has documents.
    expect(await matches(await search('DocumentReference'))).toEqual([]);
    expect(direct.seen.map(({ url }) => url)).not.toContain('/fhir/DocumentReference/_search');
  });

  it('covers the searches of the BgZ that no category speaks of', async () => {
    expect(await matches(await operation('Patient/$bgz', [named(bsnA)]))).toEqual([
      'Appointment/visit',
      'Coverage/cover',
      'Flag/flag',
      'Patient/p',
    ]);
  });
});

describe('a file of a document', () => {
  const custodian = {
    name: 'custodian',
    valueIdentifier: { system: identifierSystems.ura, value: '22222222' },
  };
  const at = (place: number) => ({ name: 'at', valueInteger: place });
  const document = (id: string, type = 'DocumentReference') => ({
    name: 'document',
    valueUri: `${hospital.base}/${type}/${id}`,
  });
  const ask = (...parameter: object[]): Promise<Response> =>
    operation('DocumentReference/$attachment', parameter);

  it.each([
    [0, 'text/plain', 'SGVsbG8='],
    [1, 'application/pdf', 'JVBERi0='],
  ])('is given where the document has it: %i', async (place, contentType, data) => {
    const response = await ask(named(bsnA), custodian, document('letter'), at(place));
    const given = (await response.json()) as FhirResource;
    expect(response.status, JSON.stringify(given)).toBe(200);
    expect(given).toEqual({
      resourceType: 'Binary',
      contentType,
      securityContext: { reference: `${hospital.base}/DocumentReference/letter` },
      data,
    });
    expect(validateResource(given)).toEqual([]);
  });

  it('is asked of a server in the context of its document', async () => {
    await ask(named(bsnA), custodian, document('letter'), at(1));
    const last = hospital.seen.at(-1);
    expect(last?.url).toBe('/fhir/Binary/b');
    expect(last?.headers['x-security-context']).toBe('DocumentReference/letter');
    expect(JSON.stringify(last?.headers)).not.toContain(bsnA);
  });

  it.each([
    ['that is not there', 'letter', 3, 404],
    ['of a document that is not there', 'none', 0, 404],
    ['of a document of somebody else', 'other', 0, 502],
    ['on another server', 'letter', 2, 502],
  ])('%s is not given', async (_what, id, place, status) => {
    const before = hospital.seen.length;
    const response = await ask(named(bsnA), custodian, document(id), at(place));
    expect(response.status).toBe(status);
    expect(await response.text()).not.toContain('SGVsbG8=');
    expect(hospital.seen.slice(before).map(({ url }) => url)).not.toContain('/fhir/Binary/b');
  });

  it('of another person is not given', async () => {
    expect((await ask(named(bsnB), custodian, document('letter'))).status).toBe(502);
  });

  it('is asked under the address of its care provider only', async () => {
    const before = hospital.seen.length;
    const elsewhere = {
      name: 'document',
      valueUri: 'https://elsewhere.example/fhir/DocumentReference/letter',
    };
    expect((await ask(named(bsnA), custodian, elsewhere)).status).toBe(404);
    expect((await ask(named(bsnA), custodian, document('letter', 'Patient'))).status).toBe(404);
    const nobody = {
      name: 'custodian',
      valueIdentifier: { system: identifierSystems.ura, value: '33333333' },
    };
    expect((await ask(named(bsnA), nobody, document('letter'))).status).toBe(404);
    expect(hospital.seen).toHaveLength(before);
  });

  it('is not given to whom may not see documents', async () => {
    const parameters = [named(bsnA), custodian, document('letter')];
    const response = await operation('DocumentReference/$attachment', parameters, { user_role: '30.000' });
    expect(response.status).toBe(403);
  });

  it.each([
    ['nobody', () => [custodian, document('letter')]],
    ['no custodian', () => [named(bsnA), document('letter')]],
    ['no document', () => [named(bsnA), custodian]],
    ['no place', () => [named(bsnA), custodian, document('letter'), at(-1)]],
    ['two documents', () => [named(bsnA), custodian, document('letter'), document('other')]],
  ])('is not found by a question with %s', async (_what, parameters) => {
    const response = await ask(...parameters());
    expect(response.status).toBe(400);
    expect(await response.text()).not.toContain(bsnA);
  });
});
