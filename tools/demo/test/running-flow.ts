import { generateKeyPairSync, type webcrypto } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { services } from '@samenhang/node';
import { migrateEventLog } from '@samenhang/event-log-postgres';
import { runService, type RunningService, type ServiceDefinition } from '@samenhang/service-kit';
import { createTestDatabase, freePort, TokenIssuer, type TestDatabase } from '@samenhang/testing';
import pg from 'pg';
import { vi } from 'vitest';

export const hospital = '22222222';
const names = ['ingest', 'normalise', 'record'] as const;
type Name = (typeof names)[number];

/** What happens to a message: ingest, normalise and record as they run, on a database of their own. */
export class RunningFlow {
  private constructor(
    readonly issuer: TokenIssuer,
    readonly database: TestDatabase,
    readonly sql: pg.Pool,
    readonly urls: Readonly<Record<Name, string>>,
    readonly variables: Readonly<Record<string, string>>,
    private readonly ports: Readonly<Record<Name, number>>,
    private readonly running: Map<Name, RunningService>,
  ) {}

  static async start(extra: Readonly<Record<string, string>> = {}): Promise<RunningFlow> {
    const database = await createTestDatabase();
    await migrateEventLog(database.url);
    const issuer = await TokenIssuer.start();
    const ports = { ingest: await freePort(), normalise: await freePort(), record: await freePort() };
    const urls = {
      ingest: `http://127.0.0.1:${String(ports.ingest)}`,
      normalise: `http://127.0.0.1:${String(ports.normalise)}`,
      record: `http://127.0.0.1:${String(ports.record)}`,
    };
    const sql = new pg.Pool({ connectionString: database.url, max: 2 });
    sql.on('error', () => undefined);
    const variables = {
      DATABASE_URL: database.url,
      SECRETS_DIR: writeSecrets(),
      AUTHORISATION_SERVER_URL: issuer.url,
      NORMALISE_URL: urls.normalise,
      RECORD_URL: urls.record,
      LISTEN_PORTS: '1-65535',
      TENANTS: `${hospital}:V4`,
      LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
      ...extra,
    };
    const flow = new RunningFlow(issuer, database, sql, urls, variables, ports, new Map());
    for (const name of names) await flow.restart(name);
    return flow;
  }

  async restart(name: Name): Promise<void> {
    await this.running.get(name)?.close();
    const variables = { ...this.variables, PORT: String(this.ports[name]) };
    this.running.set(name, await runService(definitionOf(name), variables));
  }

  async stop(): Promise<void> {
    for (const service of [...this.running.values()].reverse()) await service.close();
    await this.issuer.close();
    await this.sql.end();
    await this.database.drop();
    rmSync(this.variables['SECRETS_DIR'] ?? '', { recursive: true, force: true });
  }

  portOf(name: Name): number {
    return this.ports[name];
  }

  async request<T = Record<string, unknown>>(
    service: Name,
    method: string,
    path: string,
    body?: object,
    organisation = hospital,
  ): Promise<{ status: number; body: T }> {
    const scope = 'ingest:admin ingest:content ingest:write record:admin mapping:admin';
    const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await this.issuer.fetch(
      `${this.urls[service]}${path}`,
      { scope, organization_ura: organisation },
      { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) },
    );
    const text = await response.text();
    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as T };
  }

  async declareMllp(id: string): Promise<number> {
    const port = await freePort();
    const { status } = await this.request('ingest', 'PUT', `/tenants/${hospital}/sources/${id}`, {
      kind: 'mllp',
      displayName: 'Hospital',
      settings: {
        localIdentifierSystem: 'https://hospital.example/patient',
        timeZone: 'Europe/Amsterdam',
        defaultCharset: 'UNICODE UTF-8',
      },
      mllp: { host: '127.0.0.1', port },
    });
    if (status !== 201) throw new Error(`the source was not declared: ${String(status)}`);
    return port;
  }

  async rows<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.sql.query(text, values)).rows as Row[];
  }

  /** Waits until every event that was published is handled, or parked. */
  async settled(): Promise<void> {
    await vi.waitFor(
      async () => {
        for (const name of names) {
          const response = await fetch(`${this.urls[name]}/status`);
          const { lag } = (await response.json()) as { lag: { type: string; waiting: number }[] };
          const behind = lag.find(({ waiting }) => waiting > 0);
          if (behind !== undefined) throw new Error(`${name} has ${behind.type} to handle`);
        }
      },
      { timeout: 30_000, interval: 50 },
    );
  }
}

function definitionOf(name: Name): ServiceDefinition {
  const found = services.find((service) => service.name === name);
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
}

/** The secrets these services read: keyring, sealing key of credentials, and a key for each client. */
export function writeSecrets(): string {
  const folder = mkdtempSync(join(tmpdir(), 'flow-secrets-'));
  const write = (name: string, secret: object): void =>
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(secret));
  write('patient-keyring', { secret: Buffer.alloc(32, 7).toString('base64') });
  write('source-secrets', { current: '1', keys: { '1': Buffer.alloc(32, 8).toString('base64') } });
  for (const name of names) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = privateKey.export({ format: 'jwk' }) as webcrypto.JsonWebKey;
    write(`client-${name}`, { ...jwk, kid: name, alg: 'ES256' });
  }
  return folder;
}
