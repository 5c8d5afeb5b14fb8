import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { authorisedFetch } from '@samenhang/identity';
import { withClient } from '@samenhang/persistence';
import { portOffsets } from '@samenhang/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  demoPeople,
  demoTokens,
  factsOf,
  gpZonneweg,
  hospitalNoord,
  invalidResource,
  MllpSender,
  pharmacyDeBrug,
  readStatus,
  runDemo,
  spawnInstallation,
  startGpServer,
  startNursingHome,
  urlOf,
  viewerClient,
  type InstallationProcess,
  type RunningPart,
  type SurroundingsOptions,
} from '../src/index.js';
import { freePortBase } from '../src/free-port-base.js';
import { leaksInEventKeys, leaksInLogs, leaksInMetrics, leaksInTraffic } from './leaks.js';
import { scratchDirectory } from './scratch-directory.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const PORT_BASE = await freePortBase();
const scratch = scratchDirectory('acceptance');
const trafficFile = join(scratch.path, 'traffic.ndjson');
const options: SurroundingsOptions = {
  portBase: PORT_BASE,
  dataDirectory: scratch.path,
  secretsDirectory: join(scratch.path, 'secrets'),
  people: 8,
  say: () => {},
};
const people = demoPeople(options.people);
const [first] = people;
if (first === undefined) throw new Error('There are no demo people');

let installation: InstallationProcess;
let gp: RunningPart;
let nursingHome: RunningPart;

beforeAll(async () => {
  installation = await spawnInstallation({
    portBase: PORT_BASE,
    dataDirectory: scratch.path,
    environment: {
      TRAFFIC_FILE: trafficFile,
      NODE_OPTIONS: `--import ${new URL('../../testing/record-traffic.mjs', import.meta.url).href}`,
      LOG_LEVEL: 'debug',
    },
  });
  gp = await startGpServer(options);
  nursingHome = await startNursingHome(options);
  await runDemo(options);
}, 180_000);

afterAll(async () => {
  await nursingHome?.close();
  await gp?.close();
  await installation?.stop();
  scratch.remove();
}, 60_000);

const custodians = (fact: { sources: readonly { custodian: string }[] }): string[] =>
  fact.sources.map(({ custodian }) => custodian).sort();

describe('the view of one patient', () => {
  it('shows every kind of fact, each with its custodian and source', async () => {
    const view = await viewerClient(options).patientView(first.bsn);
    expect(view.demographics?.sources.map(({ custodian }) => custodian).sort()).toEqual([
      '11111111',
      '22222222',
      '33333333',
      '44444444',
    ]);
    for (const kind of [
      'problems',
      'allergies',
      'medication',
      'laboratoryResults',
      'vitalSigns',
      'encounters',
    ] as const) {
      expect(view[kind].length, kind).toBeGreaterThan(0);
    }
    for (const fact of factsOf(view)) {
      expect(fact.sources.length, fact.label).toBeGreaterThan(0);
      for (const source of fact.sources)
        expect(source).toEqual(
          expect.objectContaining({
            custodian: expect.stringMatching(/^\d{8}$/) as string,
            system: expect.stringMatching(/^https?:/) as string,
          }),
        );
    }
    expect(view.missing).toEqual([]);
  });

  it('shows one allergy that two providers know once, with both', async () => {
    const { allergies } = await viewerClient(options).patientView(first.bsn);
    const penicillin = allergies.filter(({ label }) => /penicillin/i.test(label));
    expect(penicillin.map(custodians)).toEqual([['11111111', '22222222']]);
  });

  it('keeps a value as the source wrote it: 5,6 mmol/l is 5.6 mmol/L', async () => {
    const { laboratoryResults } = await viewerClient(options).patientView(first.bsn);
    const glucose = laboratoryResults.find(({ label }) => /glucose/i.test(label));
    expect(glucose?.resource['valueQuantity']).toMatchObject({
      value: 5.6,
      code: 'mmol/L',
      system: 'http://unitsofmeasure.org',
    });
  });

  it('names a provider that is down as missing and shows the rest', async () => {
    await nursingHome.close();
    try {
      const view = await viewerClient(options).patientView(first.bsn);
      expect(view.missing.map(({ custodian }) => custodian)).toEqual(['33333333']);
      expect(view.sources.filter(({ status }) => status === 'ok')).toHaveLength(3);
      expect(new Set(factsOf(view).flatMap(custodians))).toEqual(
        new Set(['11111111', '22222222', '44444444']),
      );
    } finally {
      nursingHome = await startNursingHome(options);
    }
  });
});

describe('bad input', () => {
  const mllp = { host: '127.0.0.1', port: PORT_BASE + portOffsets['mllp-hospital'] };
  const tokens = demoTokens(options);
  const ingest = urlOf(options, 'ingest');
  const push = async (
    ura: string,
    body: string,
    scope = 'ingest:write',
    organisation = pharmacyDeBrug.ura,
  ): Promise<Response> =>
    authorisedFetch(
      await tokens.clientCredentials({ audience: ingest, scope, organisation }),
      `${ingest}/tenants/${ura}/sources/ais/fhir`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/fhir+json' },
        body,
      },
    );

  it('answers HL7 that cannot be parsed with an error and its place, and keeps the message in quarantine', async () => {
    const before = (await readStatus(options, 'ingest')).counts['quarantined'] ?? 0;
    const sender = new MllpSender(mllp);
    const answer = await sender.sendOnce(
      'MSH|^~\\&|ZIS|NOORD|SAMENHANG|NOORD|20261121||ADT^A01|BAD-1|P|2.5\rpid|1\rNONSENSE\r',
    );
    sender.close();
    expect(['AE', 'AR']).toContain(answer.code);
    expect(answer.text).toMatch(/\rERR\|/);
    expect((await readStatus(options, 'ingest')).counts['quarantined']).toBe(before + 1);
  });

  it('shows a BSN that fails the eleven-test in the quarantine, by the command line, and can replay it', () => {
    const command = (...parameters: string[]): { status: number | null; stdout: string; stderr: string } =>
      spawnSync(
        process.execPath,
        [
          'apps/cli/dist/main.js',
          '--port-base',
          String(PORT_BASE),
          '--data-dir',
          scratch.path,
          ...parameters,
        ],
        { cwd: root, encoding: 'utf8' },
      );
    const list = command('quarantine', 'list', '--json');
    expect(list.status, list.stderr).toBe(0);
    const text = list.stdout;
    expect(text).toContain('bsn-fails-eleven-test');
    expect(text).not.toContain('123456789');
    const { entries } = JSON.parse(text) as { entries: { id: string; reasonCode: string }[] };
    const entry = entries.find(({ reasonCode }) => reasonCode === 'bsn-fails-eleven-test');
    const replay = command('quarantine', 'replay', entry?.id ?? '');
    expect(replay.status, replay.stderr).toBe(0);
  });

  it('refuses a resource that is not valid R4 with 422 and the expression', async () => {
    const response = await push('44444444', JSON.stringify(invalidResource(first)));
    expect(response.status).toBe(422);
    const outcome = (await response.json()) as { resourceType: string; issue: { expression?: string[] }[] };
    expect(outcome.resourceType).toBe('OperationOutcome');
    expect(outcome.issue.flatMap(({ expression }) => expression ?? [])).toEqual(
      expect.arrayContaining(['MedicationRequest.status', 'MedicationRequest.intent']),
    );
  });

  it('refuses what is too large with 413', async () => {
    const response = await push(
      '44444444',
      `{"resourceType":"Patient","x":"${'x'.repeat(11 * 1024 * 1024)}"}`,
    );
    expect(response.status).toBe(413);
  });

  it('refuses a wrong or missing token with 401', async () => {
    const url = `${ingest}/tenants/44444444/sources/ais/fhir`;
    const headers = { 'content-type': 'application/fhir+json' };
    expect((await fetch(url, { method: 'POST', headers, body: '{}' })).status).toBe(401);
    expect(
      (
        await fetch(url, {
          method: 'POST',
          headers: { ...headers, authorization: 'DPoP nonsense' },
          body: '{}',
        })
      ).status,
    ).toBe(401);
    const elsewhere = await tokens.clientCredentials({
      audience: urlOf(options, 'address-book'),
      scope: 'lrza:read',
      organisation: pharmacyDeBrug.ura,
    });
    expect((await authorisedFetch(elsewhere, url, { method: 'POST', headers, body: '{}' })).status).toBe(401);
  });

  it('refuses what is not allowed with 403: another scope, another care provider', async () => {
    const body = JSON.stringify({ resourceType: 'Patient', id: 'x' });
    expect((await push('44444444', body, 'ingest:admin')).status).toBe(403);
    expect((await push('44444444', body, 'ingest:write', gpZonneweg.ura)).status).toBe(403);
    expect((await push(hospitalNoord.ura, body)).status).toBe(403);
  });
});

describe('a citizen who does not want to be found at a care provider', () => {
  const choose = async (bsn: string, decision: 'permit' | 'deny'): Promise<void> => {
    const audience = urlOf(options, 'consent-register');
    const token = await demoTokens(options).clientCredentials({ audience, scope: 'consent:admin' });
    const choice = { bsn, holder: hospitalNoord.ura, requesterCategory: 'RPZAC001', category: 'GGC002' };
    const response = await authorisedFetch(token, `${audience}/choices`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...choice, decision }),
    });
    expect(response.status).toBe(200);
  };
  const stated = (): Promise<number> =>
    withClient(`postgres://postgres@127.0.0.1:${PORT_BASE + 30}/samenhang`, async (client) => {
      const { rows } = await client.query<{ count: number }>(
        'SELECT count(*)::int AS count FROM reference_index.restriction',
      );
      return rows[0]?.count ?? 0;
    });
  const asked = async (bsn: string): Promise<(string | undefined)[]> =>
    (await viewerClient(options).patientView(bsn)).sources.map(({ custodian }) => custodian).sort();

  it('is not found there by whom the choice is about, and is again afterwards', async () => {
    const [second, third] = people.slice(-2);
    if (second === undefined || third === undefined) throw new Error('There are too few demo people');
    for (const { bsn } of [second, third]) await choose(bsn, 'deny');
    await expect.poll(stated, { timeout: 20_000 }).toBe(4);
    expect(await asked(second.bsn)).toEqual(['11111111', '44444444']);
    for (const { bsn } of [second, third]) await choose(bsn, 'permit');
    await expect.poll(stated, { timeout: 20_000 }).toBe(0);
    // The answer about the other one is kept for half a minute.
    expect(await asked(third.bsn)).toEqual(['11111111', '22222222', '44444444']);
  });
});

describe('citizen service numbers', () => {
  const numbers = [...people.map(({ bsn }) => bsn), '123456789'];

  it('stand in no log line', () => {
    expect(leaksInLogs(scratch.path, numbers)).toEqual([]);
  });

  it('stand in no URL and no header, tokens included', () => {
    const { requests, leaks } = leaksInTraffic(trafficFile, numbers);
    expect(requests).toBeGreaterThan(200);
    expect(leaks).toEqual([]);
  });

  it('stand in no metric', async () => {
    expect(await leaksInMetrics(PORT_BASE, numbers)).toEqual([]);
  });

  it('stand in no key or header of an event', async () => {
    const { events, leaks } = await leaksInEventKeys(PORT_BASE, numbers);
    expect(events).toBeGreaterThan(0);
    expect(leaks).toBe(0);
  });
});
