import { setTimeout as pause } from 'node:timers/promises';
import { recordAccess, type AccessEntry } from '@samenhang/audit';
import { getUra, identifierSystems } from '@samenhang/data-model';
import { PostgresEventLog } from '@samenhang/event-log-postgres';
import { getBsn, toPatientIdentifier } from '@samenhang/patient-identity';
import { createDataSource, inTransaction, rowsOf, withClient } from '@samenhang/persistence';
import { createLogger } from '@samenhang/service-kit';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditService } from '../src/index.js';
import { ServiceUnderTest } from './running-service.js';

interface Bundle {
  readonly link: readonly { relation: string; url: string }[];
  readonly entry: readonly {
    resource: { resourceType: string; id: string; outcome: string; subtype: { code: string }[] };
  }[];
}

const hospital = getUra('22222222');
const practice = getUra('11111111');
const patientA = getBsn('900186021');
const patientB = getBsn('999901370');
const entry: AccessEntry = {
  activity: 'query',
  outcome: 'success',
  who: {
    clientId: 'viewer',
    scopes: new Set(['view:read']),
    organisation: { ura: practice, facilityType: 'Z3' },
    professional: { id: '000095254', roleCode: '01.015' },
    purposeOfUse: 'TREAT',
    treatmentRelation: 'asserted',
    tokenId: 'token-1',
    accessToken: 'not recorded',
  },
  patient: toPatientIdentifier(patientA),
  custodian: hospital,
  detail: { resourceTypes: ['Condition'], query: 'Condition?_count=50', reasons: ['allowed', 'permit'] },
  observer: 'record',
  at: new Date('2026-12-01T10:00:00Z'),
};
const reader = { scope: 'audit:read', organization_ura: hospital };

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
});

afterAll(async () => {
  await producer?.destroy();
  await service?.stop();
});

/** Records, and waits until the trail has all there is. */
async function record(...entries: AccessEntry[]): Promise<void> {
  await inTransaction(producer, async (transaction) => {
    for (const each of entries) await recordAccess(outbox, transaction, each);
  });
  await until(async () => (await waiting()) === 0);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await condition()) return;
    await pause(50);
  }
  throw new Error('It did not come about in time');
}

async function waiting(): Promise<number> {
  const status = (await (await fetch(`${service.url}/status`)).json()) as { lag: { waiting: number }[] };
  return status.lag.reduce((total, each) => total + each.waiting, 0);
}

async function search(
  query = '',
  claims: { scope: string; organization_ura?: string } = reader,
): Promise<Bundle> {
  const response = await service.issuer.fetch(`${service.url}/fhir/AuditEvent${query}`, claims);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('application/fhir+json');
  return (await response.json()) as Bundle;
}

const form = (parameters: Record<string, string>) => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(parameters).toString(),
});

describe('the trail', () => {
  it('holds what was recorded, and shows a care provider its own', async () => {
    await record(entry, { ...entry, outcome: 'denied' }, { ...entry, custodian: practice });
    const own = (await search()).entry
      .map((each) => each.resource)
      .filter((event) => event.subtype[0]?.code === 'search');
    expect(own.map((event) => event.outcome)).toEqual(['4', '0']);
    const other = await search('', { ...reader, organization_ura: practice });
    expect(other.entry.filter((each) => each.resource.subtype[0]?.code === 'search')).toHaveLength(1);
  });

  it('records that it was looked at', async () => {
    await until(async () =>
      (await search()).entry.some((each) => each.resource.subtype[0]?.code === 'audit-read'),
    );
  });

  it('finds the events of a patient, asked for in the body', async () => {
    await record({ ...entry, patient: toPatientIdentifier(patientB) });
    const parameters = { 'patient:identifier': `${identifierSystems.bsn}|${patientB}` };
    const response = await service.issuer.fetch(
      `${service.url}/fhir/AuditEvent/_search`,
      reader,
      form(parameters),
    );
    const bundle = (await response.json()) as Bundle;
    expect(bundle.entry.filter((each) => each.resource.subtype[0]?.code === 'search')).toHaveLength(1);
    expect(bundle.link.map((link) => link.url).join()).not.toContain(patientB);
  });

  it('pages from new to old without gap or repeat', async () => {
    await record(
      ...Array.from({ length: 7 }, (_, index) => ({ ...entry, at: new Date(Date.UTC(2026, 0, 1 + index)) })),
    );
    const range = '&date=ge2026-01-01&date=lt2026-02-01';
    const ids: string[] = [];
    let next: string | undefined = `?_count=3${range}`;
    while (next !== undefined) {
      const bundle: Bundle = await search(next);
      ids.push(...bundle.entry.map((each) => each.resource.id));
      next = bundle.link.find((link) => link.relation === 'next')?.url.replace(/^[^?]*/, '');
    }
    expect(new Set(ids).size).toBe(7);
    expect(ids).toHaveLength(7);
  });

  it.each([
    [
      'a patient in the URL',
      `?patient:identifier=${encodeURIComponent(`${identifierSystems.bsn}|999901370`)}`,
    ],
    ['an unknown parameter', '?_revinclude=*'],
    ['a bad date', '?date=yesterday'],
    ['a bad count', '?_count=-1'],
  ])('refuses %s, without repeating it', async (_, query) => {
    const response = await service.issuer.fetch(`${service.url}/fhir/AuditEvent${query}`, reader);
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(text).toContain('OperationOutcome');
    expect(text).not.toContain('999901370');
  });

  it('is closed without token, and without the scope', async () => {
    expect((await fetch(`${service.url}/fhir/AuditEvent`)).status).toBe(401);
    expect(
      (await service.issuer.fetch(`${service.url}/fhir/AuditEvent`, { ...reader, scope: 'holder:read' }))
        .status,
    ).toBe(403);
    expect(
      (await service.issuer.fetch(`${service.url}/chain/verification`, { ...reader, scope: 'holder:read' }))
        .status,
    ).toBe(403);
  });
});

it('counts its events at /status', async () => {
  const { counts } = (await (await fetch(`${service.url}/status`)).json()) as {
    counts: { auditEvents: number };
  };
  expect(counts.auditEvents).toBeGreaterThanOrEqual(11);
});

describe('the chain', () => {
  const verify = async (): Promise<{ valid: boolean; firstInvalidSequence?: number }> =>
    (await (await service.issuer.fetch(`${service.url}/chain/verification`, reader)).json()) as {
      valid: boolean;
    };

  it('is valid', async () => expect(await verify()).toMatchObject({ stream: hospital, valid: true }));

  it.each([
    ['UPDATE audit.audit_event SET content = content'],
    ['DELETE FROM audit.audit_event'],
    ['TRUNCATE audit.audit_event'],
    ['DELETE FROM audit.chain_head'],
  ])('the database refuses: %s', async (statement) => {
    await expect(withClient(service.database.url, (client) => client.query(statement))).rejects.toThrow(
      'append-only',
    );
  });

  it('shows tampering by whoever gets past the database (acceptance scenario 27)', async () => {
    await withClient(service.database.url, async (client) => {
      await client.query('ALTER TABLE audit.audit_event DISABLE TRIGGER audit_event_append_only');
      await client.query(
        `UPDATE audit.audit_event SET content = replace(content, '"outcome":"4"', '"outcome":"0"') WHERE stream = '22222222' AND sequence = 2`,
      );
      await client.query('ALTER TABLE audit.audit_event ENABLE TRIGGER audit_event_append_only');
    });
    expect(await verify()).toMatchObject({ valid: false, firstInvalidSequence: 2 });
  });
});
