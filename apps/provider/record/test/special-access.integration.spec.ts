import { identifierSystems } from '@samenhang/data-model';
import { PatientBinding, toBindingText } from '@samenhang/identity';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { allergy, hospital, laboratory, message, patient } from './record-builders.js';
import { patientBinding, RunningRecord } from './running-record.js';
import { generalPractitioner, type Claims } from './stand-in-trust.js';

const A = '900186021';
const B = '999901370';
const now = (): number => Math.floor(Date.now() / 1000);

let record: RunningRecord;
let base: string;

beforeAll(async () => {
  record = await RunningRecord.start(`${hospital}:V4`);
  base = `${record.url}/tenants/${hospital}/fhir`;
  const changes = [patient('pa', A), allergy('a1', 'pa'), laboratory('o1', 'pa', 4.1), patient('pb', B)];
  const { type, key, tenant, payload } = message({ position: 1, changes });
  await record.log.publish({ type, key, tenant, payload });
  await vi.waitFor(
    async () => {
      const status = (await (await fetch(`${record.url}/status`)).json()) as { counts: unknown };
      expect(status.counts).toMatchObject({ resources: 4 });
    },
    { timeout: 20_000 },
  );
});
afterAll(() => record?.stop());
beforeEach(() => {
  record.trust.consent = 'Permit';
  record.trust.questions.length = 0;
});

const get = (path: string, claims: Claims): Promise<Response> =>
  record.trust.fetch(`${base}/${path}`, base, claims);
const byBsn = (type: string, bsn: string, claims: Claims): Promise<Response> =>
  record.trust.fetch(`${base}/${type}/_search`, base, claims, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ identifier: `${identifierSystems.bsn}|${bsn}` }).toString(),
  });
interface Recorded {
  readonly auditEvent: {
    readonly outcome: string;
    readonly outcomeDesc?: string;
    readonly entity?: readonly { detail?: readonly { type: string; valueString: string }[] }[];
  };
}
const audit = (): Promise<Recorded[]> => record.log.payloads<Recorded>('audit.recorded');
const lastReasons = async (): Promise<string> => (await audit()).at(-1)?.auditEvent.outcomeDesc ?? '';

describe('a token for one patient (acceptance scenario 6)', () => {
  const bound = (bsn: string): Claims => ({
    ...generalPractitioner,
    patient_binding: new PatientBinding(patientBinding).seal(
      toBindingText({ system: identifierSystems.bsn, value: bsn }),
    ),
  });

  it('opens that patient', async () => {
    expect((await get('AllergyIntolerance?patient=Patient/pa', bound(A))).status).toBe(200);
    expect((await get('AllergyIntolerance/a1', bound(A))).status).toBe(200);
    expect((await byBsn('Patient', A, bound(A))).status).toBe(200);
  });

  it('opens no other, and consent is not even asked', async () => {
    for (const response of [
      await get('AllergyIntolerance?patient=Patient/pa', bound(B)),
      await get('AllergyIntolerance/a1', bound(B)),
      await byBsn('Patient', A, bound(B)),
      await get('AllergyIntolerance?patient=Patient/unknown', bound(B)),
    ]) {
      expect(response.status).toBe(403);
      expect(await lastReasons()).toBe('no_treatment_relation');
    }
    expect(record.trust.questions).toEqual([]);
  });

  it('opens nobody when its binding cannot be opened', async () => {
    const forged = { ...generalPractitioner, patient_binding: 'forged' };
    expect((await get('AllergyIntolerance?patient=Patient/pa', forged)).status).toBe(403);
  });
});

describe('emergency access (acceptance scenario 5)', () => {
  const emergency = (change: Claims = {}): Claims => ({
    ...generalPractitioner,
    organization_ura: '22222222',
    organization_facility_type: 'V4',
    user_id: '900000021',
    user_role: '01.000',
    purpose_of_use: 'ETREAT',
    emergency_access: 'declaration-1',
    emergency_until: now() + 1_800,
    ...change,
  });
  const notices = () => record.log.payloads<{ bsn: string; kind: string }>('patient.notice-due');
  const admin = { client_id: 'demo', scope: 'record:admin', organization_ura: hospital };
  const review = (path: string, request: RequestInit = {}): Promise<Response> =>
    record.trust.fetch(`${record.url}/emergency-accesses${path}`, record.url, admin, request);
  const items = async (path = ''): Promise<Record<string, unknown>[]> =>
    ((await (await review(path)).json()) as { items: Record<string, unknown>[] }).items;

  it('gives the narrow set without a choice of the patient, asks consent for treatment, and flags it', async () => {
    record.trust.consent = 'NotApplicable';
    expect((await get('AllergyIntolerance?patient=Patient/pa', emergency())).status).toBe(200);
    expect(record.trust.questions.at(-1)).toContain('code="TREAT"');
    expect(await lastReasons()).toContain('emergency_access');
    const details = (await audit()).at(-1)?.auditEvent.entity?.flatMap(({ detail = [] }) => detail);
    expect(details).toContainEqual({ type: 'emergency', valueString: 'true' });
    expect((await get('Observation?patient=Patient/pa&category=laboratory', emergency())).status).toBe(403);
  });

  it('is listed for review and told to the patient, once for each declaration', async () => {
    expect(await notices()).toHaveLength(1);
    expect((await notices())[0]).toMatchObject({ bsn: A, kind: 'emergency-access' });
    expect((await get('AllergyIntolerance/a1', emergency())).status).toBe(200);
    expect(await notices()).toHaveLength(1);
    expect(await items()).toMatchObject([
      {
        emergencyAccess: 'declaration-1',
        patient: 'Patient/pa',
        requester: '22222222',
        professional: '900000021',
        resourceTypes: ['AllergyIntolerance'],
      },
    ]);
  });

  it('is reviewed once, by the holder itself', async () => {
    const judge = (verdict: string): Promise<Response> =>
      review('/declaration-1/review', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ verdict }),
      });
    expect((await judge('splendid')).status).toBe(422);
    expect((await judge('justified')).status).toBe(204);
    expect((await judge('unjustified')).status).toBe(404);
    expect(await items()).toEqual([]);
    expect(await items('?status=reviewed')).toMatchObject([{ verdict: 'justified', reviewedBy: 'demo' }]);
    const other = { ...admin, organization_ura: '33333333' };
    const elsewhere = await record.trust.fetch(
      `${record.url}/emergency-accesses?status=reviewed`,
      record.url,
      other,
    );
    expect(await elsewhere.json()).toEqual({ items: [] });
  });

  it.each<[string, Claims, string]>([
    [
      'without a reason',
      { emergency_access: undefined, emergency_until: undefined },
      'emergency_reason_missing',
    ],
    ['by a nurse', { user_role: '30.000' }, 'emergency_role_not_allowed'],
    ['outside a hospital', { organization_facility_type: 'Z3' }, 'emergency_place_not_allowed'],
    ['after its time', { emergency_until: now() - 1 }, 'emergency_expired'],
    ['for longer than half an hour', { emergency_until: now() + 3_600 }, 'emergency_expired'],
  ])('%s: refused', async (_, change, reason) => {
    record.trust.consent = 'NotApplicable';
    expect((await get('AllergyIntolerance?patient=Patient/pa', emergency(change))).status).toBe(403);
    expect(await lastReasons()).toContain(reason);
    expect(record.trust.questions).toEqual([]);
  });

  it.each(['Deny', 'Indeterminate'] as const)(
    'holds no more than the patient objects: %s',
    async (answer) => {
      record.trust.consent = answer;
      expect((await get('AllergyIntolerance?patient=Patient/pa', emergency())).status).toBe(403);
      expect(await lastReasons()).toContain('emergency_not_permitted');
    },
  );

  it('waits for a consent register that is down', async () => {
    record.trust.consent = 'down';
    expect((await get('AllergyIntolerance?patient=Patient/pa', emergency())).status).toBe(503);
  });
});

describe('a mandate (acceptance scenario 12)', () => {
  it('has the rights of the professional, and both are told to the register and the trail', async () => {
    const assistant = { ...generalPractitioner, delegate_id: '900000057', delegate_role: '85.000' };
    expect((await get('AllergyIntolerance?patient=Patient/pa', assistant)).status).toBe(200);
    const question = record.trust.questions.at(-1) ?? '';
    for (const told of ['000095254', '01.015', '900000057', 'subject:mandated'])
      expect(question).toContain(told);
    const event = JSON.stringify((await audit()).at(-1));
    expect(event).toContain('000095254');
    expect(event).toContain('900000057');
  });
});

describe('a citizen (acceptance scenario 9)', () => {
  const citizen = (bsn: string, change: Claims = {}): Claims => ({
    client_id: 'pgo',
    scope: 'holder:read',
    purpose_of_use: 'PATRQT',
    patient_binding: new PatientBinding(patientBinding).seal(
      toBindingText({ system: identifierSystems.bsn, value: bsn }),
    ),
    ...change,
  });

  it('sees their own data, and the consent register is not asked', async () => {
    record.trust.consent = 'Deny';
    expect((await byBsn('Patient', A, citizen(A))).status).toBe(200);
    expect((await get('Observation?patient=Patient/pa&category=laboratory', citizen(A))).status).toBe(200);
    expect((await get('AllergyIntolerance/a1', citizen(A))).status).toBe(200);
    expect(await lastReasons()).toContain('own_data');
    expect(record.trust.questions).toEqual([]);
  });

  it('sees nobody else', async () => {
    expect((await byBsn('Patient', A, citizen(B))).status).toBe(403);
    expect(await lastReasons()).toBe('not_own_data');
    expect((await get('AllergyIntolerance/a1', citizen(B))).status).toBe(403);
    expect((await get('AllergyIntolerance?patient=Patient/unknown', citizen(B))).status).toBe(403);
  });

  it('need not say who they are to have everything of their own', async () => {
    const everything = (claims: Claims) =>
      record.trust.fetch(`${base}/Patient/$everything`, base, claims, {
        method: 'POST',
        headers: { 'content-type': 'application/fhir+json' },
        body: JSON.stringify({ resourceType: 'Parameters' }),
      });
    const own = await everything(citizen(A));
    expect(own.status).toBe(200);
    const text = await own.text();
    expect(text).toContain(A);
    expect(text).not.toContain(B);
    for (const change of [
      { purpose_of_use: 'TREAT' },
      { patient_binding: 'forged' },
      { patient_binding: undefined },
    ])
      expect((await everything(citizen(A, change))).status).toBe(400);
  });

  it.each<[string, Claims]>([
    ['bound to nobody', { patient_binding: undefined }],
    ['with a forged binding', { patient_binding: 'forged' }],
    ['of a professional', { user_id: '000095254', user_role: '01.015' }],
  ])('a token %s: refused', async (_, change) => {
    expect((await get('AllergyIntolerance?patient=Patient/pa', citizen(A, change))).status).toBe(403);
  });
});
