import { PatientBinding, toBindingText } from '@samenhang/identity';
import type { TestDatabase } from '@samenhang/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generalPractitioner as claims } from './claims.js';
import { patientBinding, RunningQueryApi } from './running-query-api.js';
import { allergy, bsnA, holding, patient, StandInHolder } from './stand-in-holder.js';
import type { StandInPlatform } from './stand-in-platform.js';

const system = 'http://fhir.nl/fhir/NamingSystem/bsn';
const asking = (value: string): string =>
  JSON.stringify({
    resourceType: 'Parameters',
    parameter: [{ name: 'patient', valueIdentifier: { system, value } }],
  });

let database: TestDatabase;
let platform: StandInPlatform;
let gp: StandInHolder;
let hospital: StandInHolder;
let service: RunningQueryApi;

beforeAll(async () => {
  service = await RunningQueryApi.start({ SOURCE_DEADLINE_MS: '30000', VIEW_BUDGET_MS: '60000' });
  ({ database, platform } = service);
  gp = await StandInHolder.start(holding(patient('g'), allergy('a', 'g')));
  hospital = await StandInHolder.start(holding(patient('h'), allergy('b', 'h')));
  platform.providers = [
    { ura: '11111111', name: 'GP practice', address: gp.base, categories: ['Patient', 'AllergyIntolerance'] },
    {
      ura: '22222222',
      name: 'Hospital',
      address: hospital.base,
      categories: ['Patient', 'AllergyIntolerance'],
    },
    { ura: '33333333', name: 'Without endpoint', categories: ['Condition'] },
    { ura: '44444444', name: 'Down', address: 'http://127.0.0.1:9/fhir', categories: ['Condition'] },
  ];
});
afterAll(async () => {
  await Promise.all([gp.close(), hospital.close()]);
  await service.stop();
});

function ask(body: string, changes: Record<string, unknown> = {}): Promise<Response> {
  const headers = { 'content-type': 'application/fhir+json' };
  return platform.call(
    `${service.url}/fhir/Patient/$everything`,
    { ...claims, ...changes },
    { method: 'POST', headers, body },
  );
}

interface Bundle {
  readonly entry: {
    readonly fullUrl: string;
    readonly resource: {
      readonly resourceType: string;
      readonly issue?: { code: string; diagnostics: string }[];
    };
    readonly search: { readonly mode: string };
  }[];
}

const traceOf = (headers: Readonly<Record<string, unknown>> | undefined): string =>
  String(headers?.['traceparent']).slice(3, 35);

async function sql<Row extends object>(statement: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}

describe('a patient view over HTTP', () => {
  it('locates, asks, integrates, and names what is missing', async () => {
    const response = await ask(asking(bsnA));
    const bundle = (await response.json()) as Bundle;
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('application/fhir+json');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const matches = bundle.entry
      .filter(({ search }) => search.mode === 'match')
      .map(({ fullUrl }) => fullUrl);
    expect(matches).toEqual([`${gp.base}/Patient/g`, `${gp.base}/AllergyIntolerance/a`]);
    const outcome = bundle.entry.find(({ search }) => search.mode === 'outcome');
    expect(outcome?.resource.issue?.map(({ diagnostics }) => diagnostics)).toEqual([
      'Custodian 33333333 has no usable address in the address book',
      'Custodian 44444444 cannot be reached',
    ]);
  });

  it('asks each holder with a token of its own, exchanged from that of the caller', () => {
    const exchanges = platform.tokenRequests.filter(({ scope }) => scope === 'holder:read');
    expect(exchanges.map(({ resource }) => resource).sort()).toEqual(
      [gp.base, hospital.base, 'http://127.0.0.1:9/fhir'].sort(),
    );
    expect(
      exchanges.every(({ grant_type }) => grant_type === 'urn:ietf:params:oauth:grant-type:token-exchange'),
    ).toBe(true);
  });

  it('records the access with the patient before it answers, and counts the view', async () => {
    const events = await sql<{ payload: string; traceparent: string }>(
      `SELECT payload::text AS payload, traceparent FROM event_log.event WHERE type = 'audit.recorded'`,
    );
    expect(events).toHaveLength(1);
    expect(events[0]?.payload).toContain('AuditEvent');
    expect(events[0]?.traceparent).toContain(traceOf(gp.seen[0]?.headers));
    expect(traceOf(hospital.seen[0]?.headers)).toBe(traceOf(gp.seen[0]?.headers));
    const status = (await (await fetch(`${service.url}/status`)).json()) as {
      counts: Record<string, number>;
    };
    expect(status.counts).toEqual({ views: 1 });
  });

  it('sends the BSN to the holders only, and only in bodies', () => {
    expect(platform.seen.join('\n')).not.toContain(bsnA);
    for (const { url, headers } of [...gp.seen, ...hospital.seen])
      expect(`${url} ${JSON.stringify(headers)}`).not.toContain(bsnA);
  });

  it('says that nothing is registered, not that there is no data', async () => {
    const { providers } = platform;
    platform.providers = [];
    const bundle = (await (await ask(asking(bsnA))).json()) as Bundle;
    platform.providers = providers;
    expect(bundle.entry.map(({ resource }) => resource.issue?.[0]?.diagnostics)).toEqual([
      'No registrations found',
    ]);
  });

  it('fails when no source gives an answer', async () => {
    const { providers } = platform;
    platform.providers = providers.slice(2);
    const response = await ask(asking(bsnA));
    platform.providers = providers;
    expect(response.status).toBe(502);
    expect(((await response.json()) as { issue: unknown[] }).issue).toHaveLength(2);
  });
});

describe('no view', () => {
  it.each([
    ['a body that is no JSON', '{', 400],
    ['a body that is no Parameters', '{}', 400],
    ['a BSN that fails the eleven-test', asking('123456789'), 400],
  ])('for %s', async (_what, body, status) => {
    const response = await ask(body);
    const text = await response.text();
    expect(response.status).toBe(status);
    expect(JSON.parse(text)).toMatchObject({ resourceType: 'OperationOutcome' });
    expect(text).not.toContain('123456789');
  });

  it('without a token, or without the scope', async () => {
    const bare = await fetch(`${service.url}/fhir/Patient/$everything`, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body: asking(bsnA),
    });
    expect(bare.status).toBe(401);
    expect(bare.headers.get('www-authenticate')).toContain('DPoP');
    expect((await ask(asking(bsnA), { scope: 'holder:read' })).status).toBe(403);
  });

  it('for a role that is not known, nor without a treatment relation; both attempts are recorded', async () => {
    const before = gp.seen.length;
    expect((await ask(asking(bsnA), { user_role: '99.999' })).status).toBe(403);
    expect((await ask(asking(bsnA), { treatment_relation: undefined })).status).toBe(403);
    expect(gp.seen.length).toBe(before);
    const denied = await sql<{ count: string }>(
      `SELECT count(*) AS count FROM event_log.event WHERE type = 'audit.recorded' AND payload::text LIKE '%role_unknown%'`,
    );
    expect(Number(denied[0]?.count)).toBe(1);
  });

  it('when the access cannot be recorded', async () => {
    await sql('ALTER TABLE event_log.event RENAME TO event_away');
    try {
      expect((await ask(asking(bsnA))).status).toBe(503);
    } finally {
      await sql('ALTER TABLE event_log.event_away RENAME TO event');
    }
  });
});

describe('a token for one patient (acceptance scenario 6)', () => {
  const binding = new PatientBinding(patientBinding);
  const bound = (value: string) => ({ patient_binding: binding.seal(toBindingText({ system, value })) });

  it('asks nobody anything about another', async () => {
    const asked = gp.seen.length + hospital.seen.length;
    const response = await ask(asking(bsnA), bound('999901370'));
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('no_treatment_relation');
    expect(gp.seen.length + hospital.seen.length).toBe(asked);
  });

  it('gives the view of that patient', async () => {
    expect((await ask(asking(bsnA), bound(bsnA))).status).toBe(200);
  });
});
