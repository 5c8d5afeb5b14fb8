import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hospital, RunningIngest } from './running-ingest.js';

const fhir = 'application/fhir+json';
const ndjson = 'application/fhir+ndjson';

function patient(id: string): object {
  return {
    resourceType: 'Patient',
    id,
    identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '900186021' }],
  };
}

function allergy(id: string, patientId: string, status = 'active'): object {
  const system = 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical';
  const clinicalStatus = { coding: [{ system, code: status }] };
  return {
    resourceType: 'AllergyIntolerance',
    id,
    clinicalStatus,
    code: { text: 'x' },
    patient: { reference: `Patient/${patientId}` },
  };
}

describe('a source that pushes FHIR', () => {
  let ingest: RunningIngest;
  const path = `/tenants/${hospital}/sources/pharmacy/fhir`;

  beforeAll(async () => {
    ingest = await RunningIngest.start();
    expect((await ingest.declare('pharmacy', { kind: 'fhir-push' })).status).toBe(201);
    await ingest
      .declare('his', { kind: 'mllp', mllp: { host: '127.0.0.1', port: 1 } })
      .catch(() => undefined);
  });
  afterAll(() => ingest.stop());

  const push = (
    body: object | string,
    type = fhir,
  ): Promise<{ status: number; body: Record<string, unknown> }> =>
    ingest.request('POST', path, { body: typeof body === 'string' ? body : JSON.stringify(body), type });

  it('is answered 202 with the message id, the bytes as sent', async () => {
    const text =
      '{ "resourceType":"Observation","id":"o1","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p1"},"valueQuantity":{"value":5.60} }';
    const { status, body } = await push(text);
    expect(status).toBe(202);
    expect(body).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ severity: 'information' }] });
    const [event] = await ingest.events();
    expect(Buffer.from(String(event?.['content']), 'base64').toString()).toBe(text);
    expect(event).toMatchObject({ format: 'fhir-r4', sourceId: 'pharmacy', sourcePosition: 1 });
  });

  it('may repeat itself without effect until something else of the patient followed', async () => {
    const count = async (): Promise<number> => (await ingest.events()).length;
    await push(allergy('a1', 'p2'));
    const first = await count();
    await push(allergy('a1', 'p2'));
    expect(await count()).toBe(first);
    await push(allergy('a1', 'p2', 'resolved'));
    await push(allergy('a1', 'p2'));
    expect(await count()).toBe(first + 2);
  });

  it('has NDJSON grouped by patient, with what the lines refer to', async () => {
    const before = (await ingest.events()).length;
    const lines = [
      patient('n1'),
      patient('n2'),
      { resourceType: 'Practitioner', id: 'pr1' },
      { ...allergy('a5', 'n1'), recorder: { reference: 'Practitioner/pr1' } },
      allergy('a6', 'n2'),
    ];
    const { status, body } = await push(lines.map((line) => JSON.stringify(line)).join('\n') + '\n', ndjson);
    expect(status).toBe(202);
    expect(body['issue']).toHaveLength(3);
    expect(body).toMatchObject({
      issue: [{}, {}, { diagnostics: expect.stringContaining('5 lines') as string }],
    });
    const bundles = (await ingest.events()).slice(before).map(
      (event) =>
        JSON.parse(Buffer.from(String(event['content']), 'base64').toString()) as {
          entry: { resource: { resourceType: string; id: string } }[];
        },
    );
    expect(bundles.map((bundle) => bundle.entry.map(({ resource }) => resource.id))).toEqual([
      ['n1', 'pr1', 'a5'],
      ['n2', 'a6'],
    ]);
  });

  it('has a Bundle of several patients split, decimals as written', async () => {
    const before = (await ingest.events()).length;
    const observation = (id: string): string =>
      `{"fullUrl":"urn:uuid:${id}","resource":{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/${id}"},"valueQuantity":{"value":1.50}}}`;
    const { status } = await push(
      `{"resourceType":"Bundle","type":"collection","entry":[${observation('00000000-0000-4000-8000-00000000000a')},${observation('00000000-0000-4000-8000-00000000000b')}]}`,
    );
    expect(status).toBe(202);
    const events = (await ingest.events()).slice(before);
    expect(events).toHaveLength(2);
    expect(new Set(events.map((event) => event['key'])).size).toBe(2);
    expect(Buffer.from(String(events[0]?.['content']), 'base64').toString()).toContain('1.50');
  });

  it('is refused with expressions when the content is not R4, and nothing is stored', async () => {
    const before = await ingest.query('SELECT 1 FROM ingest.message');
    const single = await push({ resourceType: 'Patient', birthDate: '2026-02-31' });
    expect(single.status).toBe(422);
    expect(single.body).toMatchObject({
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', expression: ['Patient.birthDate'] }],
    });
    expect(await ingest.query('SELECT 1 FROM ingest.message')).toHaveLength(before.length);
  });

  it('has the good lines of NDJSON taken and the others kept in quarantine, by number', async () => {
    const before = (await ingest.events()).length;
    const { status, body } = await push(
      `${JSON.stringify(patient('ok'))}\n\n{"resourceType":"Patient","gender":"x"}\r\n{broken\n`,
      ndjson,
    );
    expect(status).toBe(202);
    const issues = body['issue'] as { severity: string; expression?: string[] }[];
    expect(issues.map(({ severity }) => severity)).toEqual(['error', 'error', 'information', 'information']);
    expect(issues.flatMap(({ expression = [] }) => expression)).toEqual(['line 3: Patient.gender', 'line 4']);
    expect(await ingest.events()).toHaveLength(before + 1);
    const entries = (await ingest.request('GET', '/quarantine')).body['entries'] as { location: string }[];
    expect(entries.map(({ location }) => location).sort()).toEqual(['line 3: Patient.gender', 'line 4']);
  });

  it('is refused what it may not do', async () => {
    expect((await push('{')).status).toBe(400);
    expect((await push(`"${'x'.repeat(10 * 1024 * 1024)}"`)).status).toBe(413);
    const body = JSON.stringify(patient('p9'));
    expect((await ingest.request('POST', path, { body, type: fhir, organisation: '11111111' })).status).toBe(
      403,
    );
    expect((await ingest.request('POST', path, { body, type: fhir, scopes: ['ingest:admin'] })).status).toBe(
      403,
    );
    expect(
      (await ingest.request('POST', path.replace('pharmacy', 'nobody'), { body, type: fhir })).status,
    ).toBe(404);
    const bare = await fetch(`${ingest.url}${path}`, {
      method: 'POST',
      body,
      headers: { 'content-type': fhir },
    });
    expect(bare.status).toBe(401);
    expect(bare.headers.get('www-authenticate')).toContain('DPoP');
    expect((await bare.json()) as object).toMatchObject({ resourceType: 'OperationOutcome' });
  });

  it('is declared with clear errors', async () => {
    const { status, body } = await ingest.declare('x', {
      kind: 'fhir-pull',
      settings: { localIdentifierSystem: 'urn:oid:1', timeZone: 'Mars/Base', defaultCharset: '8859/1' },
    });
    expect(status).toBe(422);
    expect((body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual([
      'pull',
      'settings.timeZone',
    ]);
    expect((await ingest.declare('Not_An_Id', { kind: 'fhir-push' })).status).toBe(400);
    expect((await ingest.declare('y', { kind: 'carrier-pigeon' })).status).toBe(422);
  });

  it('is listed for its own care provider only', async () => {
    const { body } = await ingest.request('GET', `/tenants/${hospital}/sources`);
    expect((body['sources'] as { id: string }[]).map(({ id }) => id)).toContain('pharmacy');
    expect(
      (await ingest.request('GET', `/tenants/${hospital}/sources`, { organisation: '11111111' })).status,
    ).toBe(403);
  });
});
