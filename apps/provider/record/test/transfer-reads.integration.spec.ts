import { identifierSystems } from '@samenhang/data-model';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { allergy, hospital, laboratory, message, patient, pharmacy } from './record-builders.js';
import { RunningRecord } from './running-record.js';
import type { Claims } from './stand-in-trust.js';

const A = '900186021';
const B = '999901370';
const nursingHome = { ura: '33333333', facilityType: 'X3' };
const transfer: Claims = { client_id: 'transfer', scope: 'record:transfer', organization_ura: hospital };

interface Bundle {
  readonly resourceType: string;
  readonly id?: string;
  readonly entry?: readonly { readonly fullUrl: string; readonly resource: { readonly id: string } }[];
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
}

let record: RunningRecord;

beforeAll(async () => {
  record = await RunningRecord.start(`${hospital}:V4,${pharmacy}:A1`);
  const changes = [
    patient('pa', A),
    allergy('a1', 'pa'),
    laboratory('o1', 'pa', 4.1),
    laboratory('o2', 'pa', 5, '2026-10-01T08:00:00+02:00'),
    patient('pb', B),
    allergy('b1', 'pb'),
  ];
  const { type, key, tenant, payload } = message({ position: 1, changes });
  await record.log.publish({ type, key, tenant, payload });
  await vi.waitFor(
    async () => {
      const status = (await (await fetch(`${record.url}/status`)).json()) as { counts: unknown };
      expect(status.counts).toMatchObject({ resources: 6 });
    },
    { timeout: 30_000 },
  );
}, 60_000);
afterAll(() => record?.stop());

async function ask(
  question: object,
  claims = transfer,
): Promise<{ status: number; body: Bundle; text: string }> {
  const response = await record.trust.fetch(`${record.url}/transfer-reads`, record.url, claims, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      patient: { system: identifierSystems.bsn, value: A },
      receiver: nursingHome,
      ...question,
    }),
  });
  const text = await response.text();
  return { status: response.status, body: JSON.parse(text) as Bundle, text };
}

const base = 'https://transfer.example/tenants/22222222/fhir';
const search = (type: string, ...parameters: [string, string][]): object => ({
  search: { type, parameters, base },
});

describe('what the transfer service reads', () => {
  it('is a resource of the patient of the offer, and of nobody else', async () => {
    expect((await ask({ read: { type: 'AllergyIntolerance', id: 'a1' } })).body).toMatchObject({ id: 'a1' });
    expect((await ask({ read: { type: 'Patient', id: 'pa' } })).body).toMatchObject({ id: 'pa' });
    expect((await ask({ read: { type: 'AllergyIntolerance', id: 'b1' } })).status).toBe(404);
    expect((await ask({ read: { type: 'Patient', id: 'pb' } })).status).toBe(404);
    expect((await ask({ read: { type: 'Composition', id: 'a1' } })).status).toBe(404);
  });

  it('is a search of that patient, at the address of the transfer service, page by page', async () => {
    const first = await ask(search('Observation', ['_count', '1']));
    expect(first.body.entry?.map(({ fullUrl }) => fullUrl)).toEqual([`${base}/Observation/o1`]);
    const next = new URL(first.body.link?.find(({ relation }) => relation === 'next')?.url ?? '');
    expect(next.href).toContain(`${base}/Observation?`);
    expect(first.text).not.toContain('Patient%2Fpa');
    const second = await ask(search('Observation', ...next.searchParams));
    expect(second.body.entry?.map(({ resource }) => resource.id)).toEqual(['o2']);
    expect((await ask(search('AllergyIntolerance'))).body.entry?.map(({ resource }) => resource.id)).toEqual([
      'a1',
    ]);
  });

  it.each<[string, object]>([
    ['names another patient', search('AllergyIntolerance', ['patient', 'Patient/pb'])],
    ['reaches beyond the patient', search('AllergyIntolerance', ['_revinclude', '*'])],
    ['is not understood', search('AllergyIntolerance', ['colour', 'red'])],
    ['is neither read nor search', {}],
    ['has no receiver', { ...search('AllergyIntolerance'), receiver: undefined }],
  ])('is refused when it %s', async (_name, question) => {
    expect((await ask(question)).status).toBe(400);
  });

  it('is of the tenant of the token only, and for that scope only', async () => {
    const { body } = await ask(search('AllergyIntolerance'), { ...transfer, organization_ura: pharmacy });
    expect(body.entry ?? []).toEqual([]);
    expect((await ask(search('AllergyIntolerance'), { ...transfer, scope: 'holder:read' })).status).toBe(403);
    expect(
      (await ask(search('AllergyIntolerance'), { ...transfer, organization_ura: '11111111' })).status,
    ).toBe(404);
  });

  it('asks the national register nothing, and gives way to an objection that the holder keeps', async () => {
    record.trust.consent = 'Deny';
    const before = record.trust.questions.length;
    expect((await ask(search('AllergyIntolerance'))).status).toBe(200);
    expect(record.trust.questions).toHaveLength(before);
    const response = await record.trust.fetch(
      `${record.url}/tenants/${hospital}/consents`,
      record.url,
      { client_id: 'demo', scope: 'record:admin', organization_ura: hospital },
      {
        method: 'POST',
        headers: { 'content-type': 'application/fhir+json' },
        body: JSON.stringify(objectionTo(nursingHome.ura)),
      },
    );
    expect(response.status).toBe(201);
    expect((await ask(search('AllergyIntolerance'))).status).toBe(403);
    const other = { ...search('AllergyIntolerance'), receiver: { ura: '11111111', facilityType: 'Z3' } };
    expect((await ask(other)).status).toBe(200);
  });
});

function objectionTo(ura: string): object {
  const role = {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }],
  };
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
    provision: {
      type: 'deny',
      actor: [{ role, reference: { identifier: { system: identifierSystems.ura, value: ura } } }],
    },
  };
}
