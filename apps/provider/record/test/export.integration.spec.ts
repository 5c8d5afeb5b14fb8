import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FhirResource, RecordChange } from '@samenhang/data-model';
import { getBsn } from '@samenhang/patient-identity';
import type { PermitTerms } from '@samenhang/secondary-use';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { hospital, laboratory, message, patient, type MessageParts } from './record-builders.js';
import { ResearchTrust } from './research-trust.js';
import { RunningRecord } from './running-record.js';

const A = getBsn('900186021');
const B = getBsn('999901370');
const MEASUREMENTS = 40;
const PATIENCE = { timeout: 60_000, interval: 20 };
const caller = { client_id: 'secondary-use-api', scope: 'secondary:run', organization_ura: '90000003' };

const terms: PermitTerms = {
  permitId: '0f8c1f6e-2f5c-4d6e-9a52-6d6a4f8b7c11',
  purpose: 'scientific-research',
  datasets: [
    { type: 'Patient', elements: ['gender', 'birthDate'] },
    { type: 'Observation', elements: ['status', 'code', 'effectiveDateTime', 'valueQuantity'] },
  ],
  period: { from: '2026-01-01', until: '2027-01-01' },
  dates: 'month',
  recipient: { organisation: 'oin:00000099000000002000', scope: 'project-1' },
  secret: Buffer.alloc(32, 3).toString('base64url'),
};

interface Manifest {
  readonly transactionTime: string;
  readonly requiresAccessToken: boolean;
  readonly output: readonly { readonly type: string; readonly url: string; readonly count: number }[];
}

let record: RunningRecord;
let research: ResearchTrust;
let base: string;

beforeAll(async () => {
  research = await ResearchTrust.start();
  record = await RunningRecord.start(`${hospital}:V4`, {
    variables: {
      PSEUDONYMISATION_URL: research.url,
      CONSENT_REGISTER_URL: research.url,
      SECONDARY_USE_API_URL: research.url,
      SECONDARY_USE_FILE_RESOURCES: '1',
      SECONDARY_USE_PERMIT_SECONDS: '0',
    },
    secrets: { 'permit-authority': research.authority },
  });
  base = `${record.url}/tenants/${hospital}/fhir`;
  const measured = (from: number, until: number, who: string): RecordChange[] =>
    Array.from({ length: until - from }, (_, index) => laboratory(`o${from + index}`, who, from + index));
  await feed({ position: 1, changes: [patient('pa', A), ...measured(0, MEASUREMENTS / 2, 'pa')] });
  await feed({ position: 2, changes: [patient('pb', B), ...measured(MEASUREMENTS / 2, MEASUREMENTS, 'pb')] });
  await vi.waitFor(async () => {
    const { counts } = (await (await fetch(`${record.url}/status`)).json()) as { counts: unknown };
    expect(counts).toMatchObject({ resources: MEASUREMENTS + 2 });
  }, PATIENCE);
}, 120_000);
afterAll(async () => {
  await record?.stop();
  await research?.close();
});

async function feed(parts: MessageParts): Promise<void> {
  const { type, key, tenant, payload } = message(parts);
  await record.log.publish({ type, key, tenant, payload });
}

const call = (url: string, request: RequestInit = {}, claims: object = caller): Promise<Response> =>
  record.trust.fetch(url, base, { ...claims }, request);

async function kickOff(
  request: Record<string, unknown>,
  parameters: readonly object[] = [],
  claims?: object,
) {
  const { level, group } = request as { level: string; group?: string };
  const path =
    level === 'system' ? '$export' : level === 'patient' ? 'Patient/$export' : `Group/${group}/$export`;
  const permit = await research.assertion(request, terms, base);
  const body = JSON.stringify({
    resourceType: 'Parameters',
    parameter: [...parameters, { name: 'permit', valueString: permit }],
  });
  const headers = { 'content-type': 'application/fhir+json', prefer: 'respond-async' };
  return call(`${base}/${path}`, { method: 'POST', headers, body }, claims);
}

async function manifestAt(location: string): Promise<Manifest> {
  return vi.waitFor(async () => {
    const answer = await call(location);
    expect(answer.status).toBe(200);
    return (await answer.json()) as Manifest;
  }, PATIENCE);
}

async function resourcesOf({ output }: Manifest): Promise<FhirResource[]> {
  const texts = [];
  for (const { url } of output) texts.push(await (await call(url)).text());
  const lines = texts.flatMap((text) => text.split('\n')).filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as FhirResource);
}

async function exported(request: Record<string, unknown>, parameters: readonly object[] = []) {
  const begun = await kickOff(request, parameters);
  expect(begun.status, await begun.clone().text()).toBe(202);
  const manifest = await manifestAt(begun.headers.get('content-location') ?? '');
  return { manifest, resources: await resourcesOf(manifest) };
}

describe('A bulk export', () => {
  it('gives every permitted resource once, without names, with counts and files', async () => {
    const { manifest, resources } = await exported({ level: 'system' });
    expect(manifest.requiresAccessToken).toBe(true);
    expect(manifest.output).toHaveLength(MEASUREMENTS + 2);
    const measurements = resources.filter(({ resourceType }) => resourceType === 'Observation');
    expect(new Set(measurements.map(({ id }) => id)).size).toBe(MEASUREMENTS);
    expect(
      measurements.map((each) => (each['valueQuantity'] as { value: number }).value).sort((a, b) => a - b),
    ).toEqual(Array.from({ length: MEASUREMENTS }, (_, value) => value));
    const text = JSON.stringify(resources);
    expect(text).not.toMatch(/Jansen|900186021|999901370|Patient\/p[ab]|"o\d/);
    const people = resources
      .filter(({ resourceType }) => resourceType === 'Patient')
      .map(({ id }) => `Patient/${id}`);
    const subjects = new Set(
      measurements.map((each) => (each['subject'] as { reference: string }).reference),
    );
    expect([...subjects].sort()).toEqual(people.sort());
  });

  it('takes types, a moment, filters and elements, and never gives more than the permit', async () => {
    const filters = { types: ['Observation'], typeFilters: ['Observation?code=http://loinc.org|2823-3'] };
    const elements = { elements: ['Observation.valueQuantity', 'performer'] };
    const { resources } = await exported({ level: 'patient', ...filters, ...elements }, [
      { name: '_type', valueString: 'Observation' },
      { name: '_typeFilter', valueString: 'Observation?code=http://loinc.org|2823-3' },
      { name: '_elements', valueString: 'Observation.valueQuantity,performer' },
    ]);
    expect(resources).toHaveLength(MEASUREMENTS);
    expect(Object.keys(resources[0] ?? {}).sort()).toEqual([
      'id',
      'resourceType',
      'subject',
      'valueQuantity',
    ]);
    const later = await exported({ level: 'system', since: '2090-01-01' }, [
      { name: '_since', valueInstant: '2090-01-01' },
    ]);
    expect(later.manifest.output).toEqual([]);
    const ofGroup = await exported({ level: 'group', group: terms.permitId });
    expect(ofGroup.resources).toHaveLength(MEASUREMENTS + 2);
  });

  it('refuses what the permit does not give, other groups, other callers and unknown parameters', async () => {
    const of = (name: string, valueString: string) => [{ name, valueString }];
    expect((await kickOff({ level: 'system', types: ['Condition'] }, of('_type', 'Condition'))).status).toBe(
      403,
    );
    const byPerformer = 'Observation?performer=Organization/lab';
    expect(
      (await kickOff({ level: 'system', typeFilters: [byPerformer] }, of('_typeFilter', byPerformer))).status,
    ).toBe(400);
    expect(
      (await kickOff({ level: 'system' }, of('_typeFilter', `Observation?code=x') OR ('1'='1`))).status,
    ).not.toBe(202);
    expect((await kickOff({ level: 'system' }, of('_until', '2026-01-01'))).status).toBe(400);
    expect((await kickOff({ level: 'group', group: crypto.randomUUID() })).status).toBe(404);
    expect((await kickOff({ level: 'system' }, [], { ...caller, scope: 'holder:read' })).status).toBe(403);
    const other = await kickOff({ level: 'system', types: ['Patient'] });
    // The permit was asserted for one type, and everything was asked.
    expect(other.status).toBe(403);
  });

  it('is of who asked for it, until it is cancelled', async () => {
    const begun = await kickOff({ level: 'system' });
    const location = begun.headers.get('content-location') ?? '';
    expect((await call(location, {}, { ...caller, organization_ura: '90000009' })).status).toBe(404);
    await manifestAt(location);
    expect((await call(location, { method: 'DELETE' })).status).toBe(202);
    expect((await call(location)).status).toBe(404);
  });

  it('gives nothing any more of who objects after it was made', async () => {
    const { manifest } = await exported({ level: 'system' });
    research.setObjection(A, true);
    const left = await resourcesOf(manifest);
    expect(left).toHaveLength(MEASUREMENTS / 2 + 1);
    research.setObjection(A, false);
  });
});

describe('An export whose permit is withdrawn', () => {
  afterEach(() => {
    research.permitHolds = () => true;
  });

  it('ends where it is, and nothing of it is left', async () => {
    let asked = 0;
    research.permitHolds = () => ++asked < MEASUREMENTS / 2;
    const begun = await kickOff({ level: 'system' });
    expect(begun.status).toBe(202);
    const location = begun.headers.get('content-location') ?? '';
    await vi.waitFor(async () => {
      const answer = await call(location);
      expect(answer.status).not.toBe(202);
      expect(await answer.text()).toContain('holds no more');
    }, PATIENCE);
    expect((await call(`${location}/0`)).status).toBe(404);
  });

  it('gives no file any more when it was made before', async () => {
    const { manifest } = await exported({ level: 'system' });
    research.permitHolds = () => false;
    const [file] = manifest.output;
    expect((await call(file?.url ?? '')).status).toBe(403);
  });
});

/** The same machinery, of a view. */
async function kickOffViews(): Promise<string> {
  const view = {
    resource: 'Observation',
    select: [{ column: [{ name: 'id', path: 'getResourceKey()' }] }],
  };
  const views = [{ name: 'ids', view }];
  const permit = await research.assertion({ level: 'view', views }, terms, base);
  const part = [
    { name: 'name', valueString: 'ids' },
    { name: 'viewResource', resource: view },
  ];
  const body = JSON.stringify({
    resourceType: 'Parameters',
    parameter: [
      { name: 'view', part },
      { name: 'permit', valueString: permit },
    ],
  });
  const headers = { 'content-type': 'application/fhir+json', prefer: 'respond-async' };
  const begun = await call(`${base}/ViewDefinition/$viewdefinition-export`, {
    method: 'POST',
    headers,
    body,
  });
  expect(begun.status, await begun.clone().text()).toBe(202);
  return begun.headers.get('content-location') ?? '';
}

async function rowsAt(location: string): Promise<{ id: string }[]> {
  const result = await vi.waitFor(async () => {
    const answer = await call(`${location}/result`);
    expect(answer.status).toBe(200);
    return answer.text();
  }, PATIENCE);
  const files = [...result.matchAll(/"valueUri":"([^"]+)"/g)].map(([, url = '']) => url);
  const texts = await Promise.all(files.map(async (url) => (await call(url)).text()));
  return texts.flatMap((text) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { id: string }),
  );
}

describe('An export whose process is killed', () => {
  let child: ChildProcess | undefined;
  afterAll(() => child?.kill('SIGKILL'));

  async function startProcess(): Promise<ChildProcess> {
    const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
    const started = spawn(process.execPath, [main], {
      stdio: 'ignore',
      env: { ...process.env, ...record.variables },
    });
    await vi.waitFor(async () => {
      expect((await fetch(`${record.url}/health/live`)).ok).toBe(true);
    }, PATIENCE);
    return started;
  }

  it('goes on behind its last part: no resource twice, none missing', async () => {
    await record.stopService();
    child = await startProcess();
    const begun = await kickOff({ level: 'system' });
    expect(begun.status).toBe(202);
    const location = begun.headers.get('content-location') ?? '';
    const viewsAt = await kickOffViews();
    const progress = async () => Number.parseInt((await call(location)).headers.get('x-progress') ?? '', 10);
    let before = 0;
    for (let kills = 0; kills < 3; kills++) {
      // Whatever it is doing: between two parts, or in one.
      await vi.waitFor(
        async () => expect((await progress()) > before || (await call(location)).status === 200).toBe(true),
        PATIENCE,
      );
      before = (await progress()) || before;
      child.kill('SIGKILL');
      await once(child, 'exit');
      child = await startProcess();
    }
    const manifest = await manifestAt(location);
    const resources = await resourcesOf(manifest);
    expect(resources).toHaveLength(MEASUREMENTS + 2);
    const ids = resources.map(({ resourceType, id }) => `${resourceType}/${id}`);
    expect(new Set(ids).size).toBe(MEASUREMENTS + 2);
    const rows = await rowsAt(viewsAt);
    expect(rows).toHaveLength(MEASUREMENTS);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(MEASUREMENTS);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await record.startService();
  }, 180_000);
});
