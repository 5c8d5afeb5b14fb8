import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { migrateEventLog } from '@samenhang/event-log-postgres';
import { TokenIssuer } from '@samenhang/testing';
import pg from 'pg';
import type { Usage } from '../installation-under-test.js';
import { startOwnPostgres } from '../own-postgres.js';
import { cpuMsOf, memoryMbOf, processTree } from '../process-usage.js';
import { startServiceProcess, stopServiceProcess } from '../service-process.js';

const tenant = '22222222';

export interface IngestUnderTest {
  readonly mllpPort: number;
  usage(): Usage;
  memoryMb(): { rss: number; pss: number };
  /** Messages stored, and events published with them. */
  stored(): Promise<{ messages: number; events: number }>;
  stop(): Promise<void>;
}

/** The ingest service alone, on a PostgreSQL of its own with `fsync` on, with one MLLP source. */
export async function startIngest(portBase: number): Promise<IngestUnderTest> {
  const postgres = await startOwnPostgres(portBase + 30);
  const { directory } = postgres;
  await migrateEventLog(postgres.url);
  const issuer = await TokenIssuer.start('bench');
  const url = `http://127.0.0.1:${portBase + 7}`;
  const service = await startServiceProcess('apps/provider/ingest/dist/main.js', url, {
    DATABASE_URL: postgres.url,
    SECRETS_DIR: writeSecrets(directory),
    AUTHORISATION_SERVER_URL: issuer.url,
    PORT: new URL(url).port,
    LOG_LEVEL: 'warn',
    NODE_ENV: 'production',
  });
  const mllpPort = portBase + 21;
  await declareSource(issuer, url, mllpPort);
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  return {
    mllpPort,
    usage: () => ({
      appMs: cpuMsOf(processTree(service.pid ?? 0)),
      databaseMs: cpuMsOf(processTree(postgres.pid)),
    }),
    memoryMb: () => memoryMbOf([...processTree(service.pid ?? 0), ...processTree(postgres.pid)]),
    async stored() {
      const { rows } = await client.query<{ messages: number; events: number }>(
        `SELECT (SELECT count(*)::int FROM ingest.message) AS messages,
                (SELECT count(*)::int FROM event_log.event WHERE type = 'source-message.received') AS events`,
      );
      return rows[0] ?? { messages: 0, events: 0 };
    },
    async stop() {
      await client.end();
      await stopServiceProcess(service);
      await issuer.close();
      await postgres.remove();
    },
  };
}

function writeSecrets(directory: string): string {
  const secrets = join(directory, 'secrets');
  mkdirSync(secrets, { mode: 0o700 });
  const key = (): string => randomBytes(32).toString('base64');
  const write = (name: string, content: object): void =>
    writeFileSync(join(secrets, `${name}.json`), JSON.stringify(content), { mode: 0o600 });
  write('patient-keyring', { secret: key() });
  write('source-secrets', { current: '1', keys: { '1': key() } });
  return secrets;
}

async function declareSource(issuer: TokenIssuer, url: string, port: number): Promise<void> {
  const declaration = {
    kind: 'mllp',
    displayName: 'Benchmark',
    settings: {
      localIdentifierSystem: 'https://bench.example/patient',
      timeZone: 'Europe/Amsterdam',
      defaultCharset: 'UTF-8',
    },
    mllp: { host: '127.0.0.1', port },
  };
  const response = await issuer.fetch(
    `${url}/tenants/${tenant}/sources/bench`,
    { scope: 'ingest:admin', organization_ura: tenant },
    {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(declaration),
    },
  );
  if (!response.ok) throw new Error(`The source could not be declared: ${await response.text()}`);
}
