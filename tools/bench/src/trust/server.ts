import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { getUra } from '@samenhang/data-model';
import { migrateEventLog } from '@samenhang/event-log-postgres';
import { AccessTokens, ProofKey, provisionSecrets } from '@samenhang/identity';
import { importJWK, SignJWT, type JWK } from 'jose';
import { Agent, request } from 'undici';
import type { BenchmarkOptions, BenchmarkResult } from '../benchmarks.js';
import type { Usage } from '../installation-under-test.js';
import { measure } from '../localisation/measure.js';
import { startOwnPostgres } from '../own-postgres.js';
import { cpuMsOf, processTree } from '../process-usage.js';
import { startServiceProcess, stopServiceProcess } from '../service-process.js';
import { percentile, rounded } from '../statistics.js';

const CLIENT = 'bench';
const URA = '11111111';
const DECISIONS_PER_SECOND = 500;
const WARM_UP_DECISIONS = 500;
const DECISION_CONNECTIONS = 32;
/** Proofs are made before they are used, and are of use for a minute. */
const MAXIMUM_SECONDS = 30;
const TOKENS = 1_000;
const TOKEN_CONCURRENCY = 8;

interface Server {
  readonly url: string;
  readonly clientKey: JWK;
  usage(): Usage;
}

/** The authorisation server in a process of its own: decisions at a fixed pace, and tokens as fast as it gives them. */
export async function measureServer(options: BenchmarkOptions): Promise<BenchmarkResult[]> {
  return withServer(options.portBase, async (server) => [
    await measureDecisions(server, Math.min(options.seconds, MAXIMUM_SECONDS)),
    await measureTokens(server),
  ]);
}

/** At a pace, whether answers have come or not: a server that lags behind shows it in its latencies. */
async function measureDecisions(server: Server, seconds: number): Promise<BenchmarkResult> {
  const tokens = new AccessTokens({ issuer: server.url, clientId: CLIENT, clientKey: server.clientKey });
  // As a service has them: what waits, waits for one of these and opens no more.
  const connections = new Agent({ connections: DECISION_CONNECTIONS });
  const url = `${server.url}/access/v1/evaluation`;
  const { accessToken, proofKey } = await tokens.clientCredentials({
    audience: server.url,
    scope: 'access:evaluate',
    organisation: getUra(URA),
  });
  const ask = async (proof: string): Promise<void> => {
    const { statusCode, body } = await request(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `DPoP ${accessToken}`,
        dpop: proof,
      },
      body: evaluation,
      dispatcher: connections,
    });
    const { decision } = (await body.json()) as { decision?: unknown };
    if (decision !== true) throw new Error(`The decision was not given: ${statusCode}`);
  };
  const prove = (): Promise<string> => proofKey.prove('POST', url, accessToken);
  for (let done = 0; done < WARM_UP_DECISIONS; done += 1) await ask(await prove());
  const proofs: string[] = [];
  while (proofs.length < seconds * DECISIONS_PER_SECOND) proofs.push(await prove());
  const latencies: number[] = [];
  const before = server.usage();
  const startedAt = performance.now();
  const answers = proofs.map(async (proof, index) => {
    const due = startedAt + (index * 1_000) / DECISIONS_PER_SECOND;
    await delay(Math.max(0, due - performance.now()));
    await ask(proof);
    latencies.push(performance.now() - due);
  });
  await Promise.all(answers);
  await connections.close();
  const elapsedSeconds = (performance.now() - startedAt) / 1_000;
  const after = server.usage();
  return {
    name: 'decision-http',
    decisions: latencies.length,
    perSecond: rounded(latencies.length / elapsedSeconds, 0),
    p50Ms: rounded(percentile(latencies, 0.5)),
    p99Ms: rounded(percentile(latencies, 0.99)),
    cpuMs: {
      app: rounded((after.appMs - before.appMs) / latencies.length, 3),
      database: rounded((after.databaseMs - before.databaseMs) / latencies.length, 3),
    },
  };
}

async function measureTokens(server: Server): Promise<BenchmarkResult> {
  const requests: (() => Promise<void>)[] = [];
  const proofKey = await ProofKey.generate();
  const key = await importJWK(server.clientKey, 'ES256');
  while (requests.length < TOKENS) {
    const body = await tokenRequest(server, key);
    const dpop = await proofKey.prove('POST', `${server.url}/token`, '');
    requests.push(async () => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded', dpop };
      const response = await fetch(`${server.url}/token`, { method: 'POST', headers, body });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`No token was given: ${response.status}`);
    });
  }
  return { name: 'token', ...(await measure(requests, TOKEN_CONCURRENCY, () => server.usage())) };
}

async function tokenRequest(server: Server, key: Awaited<ReturnType<typeof importJWK>>): Promise<string> {
  const assertion = await new SignJWT()
    .setProtectedHeader({ alg: 'ES256', kid: server.clientKey.kid ?? '' })
    .setIssuer(CLIENT)
    .setSubject(CLIENT)
    .setAudience(server.url)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('60s')
    .sign(key);
  return new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
    resource: 'https://query.example/view',
    scope: 'view:read',
    organization_id: URA,
    purpose_of_use: 'TREAT',
    treatment_relation: 'asserted',
  }).toString();
}

async function withServer<T>(portBase: number, work: (server: Server) => Promise<T>): Promise<T> {
  const postgres = await startOwnPostgres(portBase + 30);
  const { directory } = postgres;
  try {
    await migrateEventLog(postgres.url);
    const secrets = join(directory, 'secrets');
    const clientKey = await writeSecrets(secrets);
    const url = `http://127.0.0.1:${portBase + 1}`;
    const child = await startServiceProcess('apps/trust/authorisation-server/dist/main.js', url, {
      DATABASE_URL: postgres.url,
      SECRETS_DIR: secrets,
      PORT: String(portBase + 1),
      LOG_LEVEL: 'warn',
      NODE_ENV: 'production',
    });
    const usage = (): Usage => ({
      appMs: cpuMsOf(processTree(child.pid ?? 0)),
      databaseMs: cpuMsOf(processTree(postgres.pid)),
    });
    try {
      return await work({ url, clientKey, usage });
    } finally {
      await stopServiceProcess(child);
    }
  } finally {
    await postgres.remove();
  }
}

async function writeSecrets(directory: string): Promise<JWK> {
  const secrets = await provisionSecrets(undefined, {
    clients: [
      {
        clientId: CLIENT,
        title: 'Load generator',
        organisations: [URA],
        facilityTypes: { [URA]: 'Z3' },
        scopes: ['access:evaluate', 'view:read'],
      },
    ],
  });
  mkdirSync(directory);
  for (const [name, content] of Object.entries(secrets))
    writeFileSync(join(directory, `${name}.json`), JSON.stringify(content));
  return secrets[`client-${CLIENT}`] as JWK;
}

const evaluation = JSON.stringify({
  subject: {
    type: 'user',
    id: '000095254',
    properties: {
      client_id: 'ehr',
      scope: 'holder:read',
      organization_ura: URA,
      organization_facility_type: 'Z3',
      user_role: '01.015',
      purpose_of_use: 'TREAT',
      treatment_relation: 'asserted',
    },
  },
  action: { name: 'search-type' },
  resource: {
    type: 'data-category',
    id: 'Condition',
    properties: { data_holder_organization_id: '22222222', data_holder_facility_type: 'V4' },
  },
});
