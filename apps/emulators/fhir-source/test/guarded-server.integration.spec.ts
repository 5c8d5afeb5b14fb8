import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateEventLog } from '@samenhang/event-log-postgres';
import { guardedFhirSourceService } from '@samenhang/fhir-source';
import { createClientKey } from '@samenhang/identity';
import { writeClosedAnswer, type ClosedDecision } from '@samenhang/mitz';
import { runService, type RunningService } from '@samenhang/service-kit';
import { createTestDatabase, freePort, type TestDatabase, TokenIssuer } from '@samenhang/testing';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const system = 'http://fhir.nl/fhir/NamingSystem/bsn';
const resources = [
  { resourceType: 'Patient', id: 'p1', identifier: [{ system, value: '900186021' }] },
  { resourceType: 'Patient', id: 'p2', identifier: [{ system, value: '999901370' }] },
  { resourceType: 'Condition', id: 'c1', code: { text: 'x' }, subject: { reference: 'Patient/p1' } },
  { resourceType: 'Condition', id: 'c2', code: { text: 'x' }, subject: { reference: 'Patient/p2' } },
];
const practitioner = {
  scope: 'holder:read',
  organization_ura: '11111111',
  organization_facility_type: 'Z3',
  user_id: '000095254',
  user_role: '01.015',
  purpose_of_use: 'TREAT',
  treatment_relation: 'asserted',
};

describe('a guarded FHIR source', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fhir-source-'));
  let database: TestDatabase;
  let sql: pg.Client;
  let issuer: TokenIssuer;
  let register: Server;
  let service: RunningService;
  let consent: ClosedDecision | 'away' = 'Permit';

  beforeAll(async () => {
    database = await createTestDatabase();
    await migrateEventLog(database.url);
    sql = new pg.Client({ connectionString: database.url });
    sql.on('error', () => undefined);
    await sql.connect();
    issuer = await TokenIssuer.start();
    register = createServer((request, response) => {
      request.resume();
      response.statusCode = consent === 'away' ? 503 : 200;
      response
        .setHeader('content-type', 'application/soap+xml')
        .end(consent === 'away' ? '' : writeClosedAnswer(consent));
    });
    const port = await listen(register);
    writeFileSync(join(folder, 'client-fhir-source.json'), JSON.stringify(await createClientKey()));
    writeFileSync(
      join(folder, 'resources.ndjson'),
      resources.map((resource) => JSON.stringify(resource)).join('\n'),
    );
    service = await runService(guardedFhirSourceService, {
      PORT: String(await freePort()),
      DATABASE_URL: database.url,
      SECRETS_DIR: folder,
      FHIR_SOURCE_FILE: join(folder, 'resources.ndjson'),
      CUSTODIAN_URA: '33333333',
      CUSTODIAN_FACILITY_TYPE: 'X3',
      AUTHORISATION_SERVER_URL: issuer.url,
      CONSENT_REGISTER_URL: `http://127.0.0.1:${String(port)}`,
      PSEUDONYMISATION_URL: 'http://127.0.0.1:1',
      LOG_LEVEL: 'silent',
    });
  });
  afterAll(async () => {
    await service.close();
    await issuer.close();
    register.close();
    await sql.end();
    await database.drop();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    consent = 'Permit';
  });

  const ask = async (
    path: string,
    claims: object = {},
    init: object = {},
  ): Promise<{ status: number; body: Record<string, unknown> }> => {
    const audience = `${service.url}/fhir`;
    const who = { ...practitioner, ...claims };
    const response = await issuer.fetch(`${audience}/${path}`, who, init, audience);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const audited = async (): Promise<string[]> => {
    const { rows } = await sql.query<{ payload: string }>(
      `SELECT payload FROM event_log.event WHERE type = 'audit.recorded' ORDER BY position`,
    );
    return rows.map(
      ({ payload }) => (JSON.parse(payload) as { auditEvent: { outcome: string } }).auditEvent.outcome,
    );
  };

  it('gives the facts of the one patient asked for, on record', async () => {
    const before = await audited();
    const form = {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `identifier=${encodeURIComponent(`${system}|900186021`)}`,
    };
    const found = await ask('Patient/_search', {}, form);
    expect(found).toMatchObject({ status: 200, body: { total: 1, entry: [{ resource: { id: 'p1' } }] } });
    expect(JSON.stringify(found.body['link'])).not.toContain('900186021');
    expect(await ask('Condition?patient=Patient/p1')).toMatchObject({
      status: 200,
      body: { total: 1, entry: [{ resource: { id: 'c1' } }] },
    });
    expect(await ask('Condition/c2')).toMatchObject({ status: 200, body: { id: 'c2' } });
    expect((await audited()).slice(before.length)).toEqual(['0', '0', '0']);
  });

  it('gives nothing without consent, and says so on record', async () => {
    const before = await audited();
    consent = 'Deny';
    const refused = await ask('Condition?patient=Patient/p1');
    expect(refused).toMatchObject({
      status: 403,
      body: { resourceType: 'OperationOutcome', issue: [{ code: 'forbidden' }] },
    });
    consent = 'NotApplicable';
    expect((await ask('Condition/c1')).status).toBe(403);
    consent = 'away';
    expect((await ask('Condition?patient=Patient/p1')).status).toBe(503);
    expect((await audited()).length).toBe(before.length + 3);
    expect((await audited()).slice(before.length)).not.toContain('0');
  });

  it('gives nothing that the policy does not allow', async () => {
    expect((await ask('Condition?patient=Patient/p1', { purpose_of_use: 'HRESCH' })).status).toBe(403);
    expect((await ask('Condition?patient=Patient/p1', { treatment_relation: undefined })).status).toBe(403);
    expect((await ask('Condition?patient=Patient/p1', { scope: 'view:read' })).status).toBe(403);
    expect((await fetch(`${service.url}/fhir/Condition?patient=Patient/p1`)).status).toBe(401);
  });

  it('answers only about one named patient, and takes no identifier in a URL', async () => {
    expect((await ask('Condition')).status).toBe(400);
    expect((await ask('Condition?patient=Patient/p1,Patient/p2')).status).toBe(400);
    expect((await ask(`Patient?identifier=${encodeURIComponent(`${system}|900186021`)}`)).status).toBe(400);
  });

  it('does not tell whether an unknown patient or resource exists', async () => {
    expect((await ask('Condition?patient=Patient/nobody')).status).toBe(403);
    expect((await ask('Condition/nothing')).status).toBe(403);
  });

  it('cannot be written to, and describes itself to anyone', async () => {
    const put = await issuer.fetch(`${service.url}/fhir/Patient/p1`, practitioner, {
      method: 'PUT',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify(resources[0]),
    });
    expect(put.status).toBe(404);
    expect((await fetch(`${service.url}/fhir/metadata`)).status).toBe(200);
  });
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
