import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identifierSystems } from '@samenhang/data-model';
import { migrateEventLog } from '@samenhang/event-log-postgres';
import { createClientKey } from '@samenhang/identity';
import { provisionServiceRoles } from '@samenhang/persistence';
import { TokenIssuer } from '@samenhang/testing';
import type { BenchmarkOptions, BenchmarkResult } from '../benchmarks.js';
import type { Usage } from '../installation-under-test.js';
import { startOwnPostgres } from '../own-postgres.js';
import { cpuMsOf, processTree } from '../process-usage.js';
import { startServiceProcess, stopServiceProcess } from '../service-process.js';
import { percentile, rounded } from '../statistics.js';
import { generatedPatient } from './generated-patients.js';
import { PlatformStandIn } from './platform-stand-in.js';
import { TimedHolders } from './timed-holders.js';

const DATABASE = 'samenhang';
const HOLDERS = 20;
const HANGING = 5;
const DEADLINE_MS = 2_000;
const VIEWS_PER_SECOND = 4;
const WARM_UP = 60;

const claims = {
  scope: 'view:read',
  organization_ura: '11111111',
  organization_facility_type: 'Z3',
  user_id: '000095254',
  user_role: '01.015',
  purpose_of_use: 'TREAT',
  treatment_relation: 'asserted',
};

interface QueryApiUnderTest {
  readonly url: string;
  readonly issuer: TokenIssuer;
  readonly platform: PlatformStandIn;
  usage(): Usage;
  stop(): Promise<void>;
}

interface Scenario {
  readonly name: string;
  readonly holders: TimedHolders;
  /** The first so many holders answer, the others never. */
  readonly answering: number;
}

/** What a merged view of many holders takes beyond the slowest of them: one at a time, of another person each time. */
export async function measureFederation(options: BenchmarkOptions): Promise<BenchmarkResult[]> {
  const api = await startQueryApi(options.portBase);
  const atOnce = await TimedHolders.start(HOLDERS, true);
  const searched = await TimedHolders.start(HOLDERS, false);
  try {
    const scenarios = [
      { name: 'federation-20', holders: atOnce, answering: HOLDERS },
      { name: 'federation-20-searched', holders: searched, answering: HOLDERS },
      { name: 'federation-20-hanging', holders: atOnce, answering: HOLDERS - HANGING },
    ].filter(({ name }) => options.only === undefined || options.only.includes(name));
    const results: BenchmarkResult[] = [];
    for (const scenario of scenarios) {
      api.platform.holders = scenario.holders.holders;
      const isHanging = scenario.answering < HOLDERS;
      const views = Math.ceil(options.seconds * (isHanging ? 1_000 / DEADLINE_MS : VIEWS_PER_SECOND));
      if (!isHanging) await measureScenario(api, scenario, WARM_UP);
      results.push(await measureScenario(api, scenario, views));
    }
    return results;
  } finally {
    await Promise.all([atOnce.close(), searched.close()]);
    await api.stop();
  }
}

async function measureScenario(
  api: QueryApiUnderTest,
  { name, holders, answering }: Scenario,
  views: number,
): Promise<BenchmarkResult> {
  const latencies: number[] = [];
  const slowest: number[] = [];
  const before = api.usage();
  let resources = 0;
  for (let number = 0; number < views; number += 1) {
    const ask = await prepareView(api, generatedPatient(number, 0).bsn);
    holders.reset(answering);
    const startedAt = performance.now();
    const text = await ask();
    latencies.push(performance.now() - startedAt);
    resources = text.split('"search":{"mode":"match"}').length - 1;
    // Who never answers takes the deadline: that is the slowest then.
    slowest.push(answering < HOLDERS ? DEADLINE_MS : holders.slowestMs);
  }
  const after = api.usage();
  const overheads = latencies.map((latency, index) => latency - (slowest[index] ?? 0));
  return {
    name,
    perSecond: rounded((1_000 * views) / latencies.reduce((sum, one) => sum + one, 0)),
    p50Ms: rounded(percentile(latencies, 0.5)),
    p99Ms: rounded(percentile(latencies, 0.99)),
    p99: rounded(percentile(latencies, 0.99)),
    overheadP50Ms: rounded(percentile(overheads, 0.5)),
    overheadP99Ms: rounded(percentile(overheads, 0.99)),
    slowestP50Ms: rounded(percentile(slowest, 0.5)),
    holders: HOLDERS,
    resources,
    views,
    cpuMs: {
      app: rounded((after.appMs - before.appMs) / views),
      database: rounded((after.databaseMs - before.databaseMs) / views),
    },
  };
}

/** A request for a view, with the token and the proof of its caller made before the time is taken. */
async function prepareView({ url, issuer }: QueryApiUnderTest, bsn: string): Promise<() => Promise<string>> {
  const patient = { name: 'patient', valueIdentifier: { system: identifierSystems.bsn, value: bsn } };
  const send = await issuer.prepare(`${url}/fhir/Patient/$everything`, claims, {
    method: 'POST',
    headers: { 'content-type': 'application/fhir+json' },
    body: JSON.stringify({ resourceType: 'Parameters', parameter: [patient] }),
  });
  return async () => {
    const response = await send();
    const text = await response.text();
    if (response.status !== 200) throw new Error(`The view was answered with ${response.status}: ${text}`);
    return text;
  };
}

/** The query API alone, in a process of its own; this process is everything around it. */
async function startQueryApi(portBase: number): Promise<QueryApiUnderTest> {
  const postgres = await startOwnPostgres(portBase + 30);
  const role = { name: 'query_api', password: randomBytes(12).toString('hex') };
  const urls = await provisionServiceRoles(postgres.url, DATABASE, [role]);
  const adminUrl = new URL(postgres.url);
  adminUrl.pathname = `/${DATABASE}`;
  await migrateEventLog(adminUrl.href, { grantTo: [role.name] });
  const issuer = await TokenIssuer.start('bench');
  const platform = await PlatformStandIn.start();
  const url = `http://127.0.0.1:${portBase}`;
  const service = await startServiceProcess('apps/integration/query-api/dist/main.js', url, {
    DATABASE_URL: urls.get(role.name) ?? '',
    SECRETS_DIR: await writeSecrets(postgres.directory),
    AUTHORISATION_SERVER_URL: issuer.url,
    PSEUDONYMISATION_URL: platform.url,
    REFERENCE_INDEX_URL: platform.url,
    ADDRESS_BOOK_URL: platform.url,
    SOURCE_DEADLINE_MS: String(DEADLINE_MS),
    PORT: String(portBase),
    LOG_LEVEL: 'warn',
    NODE_ENV: 'production',
  });
  return {
    url,
    issuer,
    platform,
    usage: () => ({
      appMs: cpuMsOf(processTree(service.pid ?? 0)),
      databaseMs: cpuMsOf(processTree(postgres.pid)),
    }),
    async stop() {
      await stopServiceProcess(service);
      await platform.close();
      await issuer.close();
      await postgres.remove();
    },
  };
}

async function writeSecrets(folder: string): Promise<string> {
  const directory = join(folder, 'secrets');
  mkdirSync(directory, { mode: 0o700 });
  const secrets: Readonly<Record<string, object>> = {
    'client-query-api': await createClientKey(),
    'patient-keyring': { secret: randomBytes(32).toString('base64') },
    'patient-binding': { key: randomBytes(32).toString('base64') },
  };
  for (const [name, content] of Object.entries(secrets))
    writeFileSync(join(directory, `${name}.json`), JSON.stringify(content), { mode: 0o600 });
  return directory;
}
