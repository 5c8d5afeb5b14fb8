import { recordAccess, type AccessEntry } from '@samenhang/audit';
import { getUra, identifierSystems } from '@samenhang/data-model';
import { PostgresEventLog } from '@samenhang/event-log-postgres';
import { PatientBinding, toBindingText } from '@samenhang/identity';
import { getBsn, toPatientIdentifier } from '@samenhang/patient-identity';
import { createDataSource, inTransaction, rowsOf, withClient } from '@samenhang/persistence';
import { createLogger } from '@samenhang/service-kit';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AccessLog } from '../src/access-log/access-log.controller.js';
import { auditService } from '../src/index.js';
import { patientBinding, ServiceUnderTest } from './running-service.js';

const hospital = getUra('22222222');
const patientA = getBsn('900186021');
const patientB = getBsn('999901370');
const entry = (change: Partial<AccessEntry>): AccessEntry => ({
  activity: 'query',
  outcome: 'success',
  who: {
    clientId: 'viewer',
    scopes: new Set(['holder:read']),
    organisation: { ura: getUra('11111111'), facilityType: 'Z3' },
    professional: { id: '000095254', roleCode: '01.015' },
    purposeOfUse: 'TREAT',
    tokenId: 'token-1',
    accessToken: 'not recorded',
  },
  patient: toPatientIdentifier(patientA),
  custodian: hospital,
  detail: { resourceTypes: ['Condition'], reasons: ['allowed', 'consent_permit'] },
  observer: 'record',
  at: new Date('2026-11-10T10:00:00Z'),
  ...change,
});
const emergencyPhysician: AccessEntry['who'] = {
  clientId: 'viewer',
  scopes: new Set(),
  organisation: { ura: hospital, facilityType: 'V4' },
  professional: { id: '900000021', roleCode: '01.000' },
  purposeOfUse: 'ETREAT',
  emergency: { id: 'e-1', until: 0 },
  tokenId: 'token-2',
  accessToken: 'not recorded',
};

let service: ServiceUnderTest;
let producer: DataSource;
let outbox: PostgresEventLog;

beforeAll(async () => {
  service = await ServiceUnderTest.start(auditService);
  producer = await createDataSource({ url: service.database.url, schema: 'producer', migrations: [] });
  outbox = new PostgresEventLog({
    producer: 'record',
    logger: createLogger('test', 'silent'),
    runInTransaction: (work) => inTransaction(producer, work),
    query: async <Row>(sql: string, parameters?: unknown[]) =>
      rowsOf<Row>(await producer.query(sql, parameters)),
  });
  await record(
    entry({ at: new Date('2026-10-31T23:59:59Z') }),
    entry({}),
    entry({ outcome: 'denied', detail: { resourceTypes: ['Observation'], reasons: ['consent_deny'] } }),
    entry({ who: emergencyPhysician, detail: { resourceTypes: ['AllergyIntolerance'] } }),
    entry({ patient: toPatientIdentifier(patientB) }),
    entry({ custodian: getUra('44444444') }),
    entry({ at: new Date('2026-12-01T12:00:00Z'), activity: 'read' }),
    entry({ at: new Date('2026-12-02T00:00:00Z') }),
  );
});
afterAll(async () => {
  await producer?.destroy();
  await service?.stop();
});

async function record(...entries: AccessEntry[]): Promise<void> {
  await inTransaction(producer, async (transaction) => {
    for (const each of entries) await recordAccess(outbox, transaction, each);
  });
  await settled();
}

const settled = (): Promise<void> =>
  vi.waitFor(
    async () => {
      const { lag } = (await (await fetch(`${service.url}/status`)).json()) as { lag: { waiting: number }[] };
      expect(lag.reduce((total, { waiting }) => total + waiting, 0)).toBe(0);
    },
    { timeout: 30_000 },
  );

const citizen = (bsn: string, change: object = {}): object => ({
  client_id: 'pgo',
  scope: 'audit:own',
  purpose_of_use: 'PATRQT',
  patient_binding: new PatientBinding(patientBinding).seal(
    toBindingText({ system: identifierSystems.bsn, value: bsn }),
  ),
  ...change,
});
const november = { from: '2026-11-01', until: '2026-12-01', language: 'en' };

function ask(body: object, claims: object = citizen(patientA), ura: string = hospital): Promise<Response> {
  const audience = `${service.url}/tenants/${ura}`;
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  return service.issuer.fetch(`${audience}/access-log`, { ...claims }, request, audience);
}
async function read(body: object = november, claims?: object): Promise<AccessLog> {
  const response = await ask(body, claims);
  expect(response.status).toBe(200);
  return (await response.json()) as AccessLog;
}
const recordedBy = (log: AccessLog): string[] =>
  log.entries.filter(({ who }) => who.professional !== undefined).map(({ text }) => text);

describe("a patient's own log (acceptance scenario 27)", () => {
  it('tells who, when, what and why, refusals and emergencies too, newest first', async () => {
    const log = await read();
    expect(log).toMatchObject({ custodian: hospital, intact: true });
    expect(recordedBy(log)).toEqual([
      'General practitioner 000095254 of general practice 11111111 looked at data: conditions and complaints (for your treatment). Allowed.',
      'Emergency. Physician 900000021 of hospital 22222222 asked for data: allergies (for your treatment in an emergency). Allowed.',
      'General practitioner 000095254 of general practice 11111111 asked for data: measurements and results (for your treatment; you objected). Refused.',
      'General practitioner 000095254 of general practice 11111111 asked for data: conditions and complaints (for your treatment). Allowed.',
    ]);
    expect(log.entries.map(({ outcome, emergency }) => [outcome, emergency])).toContainEqual([
      'granted',
      true,
    ]);
    expect(JSON.stringify(log)).not.toContain(patientA);
  });

  it('in Dutch when nothing else is asked for', async () => {
    const log = await read({ from: '2026-11-10', until: '2026-11-10' });
    expect(recordedBy(log)[1]).toBe(
      'Huisarts 000095254 van huisartsenpraktijk 11111111 heeft gegevens opgevraagd: metingen en uitslagen (voor uw behandeling; u hebt bezwaar gemaakt). Geweigerd.',
    );
  });

  it('holds what that patient may know of, at that care provider, and nothing of others', async () => {
    expect(recordedBy(await read(november, citizen(patientB)))).toHaveLength(1);
    const elsewhere = await ask(november, citizen(patientA), '44444444');
    expect(recordedBy((await elsewhere.json()) as AccessLog)).toHaveLength(1);
  });

  it('tells that it was read', async () => {
    await settled();
    const today = new Date().toISOString().slice(0, 10);
    const log = await read({ from: today, until: today, language: 'en' });
    expect(log.entries.map(({ text }) => text)).toContain(
      'You by way of pgo looked at who saw your data (at your own request). Allowed.',
    );
  });

  it('pages without gap or repeat', async () => {
    const at = (index: number): Date => new Date(Date.UTC(2025, 0, 1, 0, index));
    await record(...Array.from({ length: 130 }, (_, index) => entry({ at: at(index) })));
    const year = { from: '2025-01-01', until: '2025-12-31' };
    const first = await read(year);
    const second = await read({ ...year, cursor: first.cursor });
    expect([first.entries.length, second.entries.length, second.cursor]).toEqual([100, 30, undefined]);
    expect(new Set([...first.entries, ...second.entries].map(({ when }) => when)).size).toBe(130);
  });

  it.each<[string, object]>([
    [
      'a professional',
      {
        scope: 'audit:own',
        purpose_of_use: 'TREAT',
        user_id: '000095254',
        user_role: '01.015',
        organization_ura: hospital,
      },
    ],
    ['a professional with a token for the patient', citizen(patientA, { purpose_of_use: 'TREAT' })],
    ['a citizen whom the token does not tell', { scope: 'audit:own', purpose_of_use: 'PATRQT' }],
    [
      'a binding of another key',
      citizen(patientA, {
        patient_binding: new PatientBinding({ key: Buffer.alloc(32, 1).toString('base64') }).seal(
          toBindingText({ system: identifierSystems.bsn, value: patientA }),
        ),
      }),
    ],
    ['another scope', citizen(patientA, { scope: 'audit:read' })],
  ])('is refused to %s', async (_name, claims) => {
    expect((await ask(november, claims)).status).toBe(403);
  });

  it.each<[string, object]>([
    ['a number', { ...november, bsn: patientB }],
    ['no period', {}],
    ['a period that ends before it begins', { from: '2026-12-01', until: '2026-11-01' }],
    ['a date that is none', { ...november, from: 'yesterday' }],
    ['a language it does not know', { ...november, language: 'xx' }],
    ['a cursor of its own making', { ...november, cursor: '1 OR 1=1' }],
  ])('refuses %s', async (_name, body) => {
    const response = await ask(body);
    expect(response.status).toBe(400);
    expect(await response.text()).not.toContain(patientB);
  });

  it('shows when a line is no longer what was recorded', async () => {
    const change = (set: string): Promise<unknown> =>
      withClient(service.database.url, async (client) => {
        await client.query('ALTER TABLE audit.audit_event DISABLE TRIGGER audit_event_append_only');
        await client.query(
          `UPDATE audit.audit_event SET ${set} WHERE stream = '${hospital}' AND content LIKE '%consent_deny%'`,
        );
        await client.query('ALTER TABLE audit.audit_event ENABLE TRIGGER audit_event_append_only');
      });
    const intact = async (): Promise<boolean[]> => {
      const { entries } = await read();
      return entries.filter(({ who }) => who.professional !== undefined).map((each) => each.intact);
    };
    await change(`content = replace(content, '"outcome":"4"', '"outcome":"0"')`);
    // Itself, and what was recorded before it, which its hash no longer follows.
    expect(await intact()).toEqual([true, true, false, false]);
    await change(`content = replace(content, '"outcome":"0"', '"outcome":"4"')`);
    expect(await intact()).toEqual([true, true, true, true]);
    await change(`hash = repeat('0', 64)`);
    expect(await intact()).toContain(false);
  });
});
