import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateEventLog } from '@samenhang/event-log-postgres';
import type { Scope } from '@samenhang/identity';
import { ingestService } from '@samenhang/ingest';
import { runService, type RunningService } from '@samenhang/service-kit';
import { createTestDatabase, freePort, type TestDatabase, TokenIssuer } from '@samenhang/testing';
import pg from 'pg';

export const hospital = '22222222';

/** The ingest service on a database of its own, with an issuer of tokens beside it. */
export class RunningIngest {
  private service: RunningService | undefined;

  private constructor(
    readonly issuer: TokenIssuer,
    readonly database: TestDatabase,
    readonly sql: pg.Pool,
    readonly secrets: string,
    readonly drops: string,
    private readonly port: number,
    private readonly variables: Readonly<Record<string, string>>,
  ) {}

  /**
   * @param given a database of the test's own making; otherwise one is made
   * @param variables of the environment, beside those that every test needs
   */
  static async start(
    given?: TestDatabase,
    variables: Readonly<Record<string, string>> = {},
  ): Promise<RunningIngest> {
    const database = given ?? (await createTestDatabase());
    await migrateEventLog(database.url);
    const secrets = mkdtempSync(join(tmpdir(), 'ingest-secrets-'));
    writeFileSync(
      join(secrets, 'patient-keyring.json'),
      JSON.stringify({ secret: Buffer.alloc(32, 7).toString('base64') }),
    );
    writeFileSync(
      join(secrets, 'source-secrets.json'),
      JSON.stringify({ current: '1', keys: { '1': Buffer.alloc(32, 9).toString('base64') } }),
    );
    const sql = new pg.Pool({ connectionString: database.url, max: 2 });
    sql.on('error', () => undefined);
    const running = new RunningIngest(
      await TokenIssuer.start(),
      database,
      sql,
      secrets,
      mkdtempSync(join(tmpdir(), 'ingest-drops-')),
      await freePort(),
      variables,
    );
    await running.restart();
    return running;
  }

  /** A secret of the deployment. */
  writeSecret(name: string, content: object): void {
    writeFileSync(join(this.secrets, `${name}.json`), JSON.stringify(content));
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  async restart(): Promise<void> {
    await this.service?.close();
    this.service = await runService(ingestService, {
      DATABASE_URL: this.database.url,
      PORT: String(this.port),
      SECRETS_DIR: this.secrets,
      SOURCE_SERVERS: '127.0.0.1,elsewhere.invalid',
      LISTEN_PORTS: '1-65535',
      DROP_DIRECTORY: this.drops,
      AUTHORISATION_SERVER_URL: this.issuer.url,
      LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
      ...this.variables,
    });
  }

  async stop(): Promise<void> {
    await this.service?.close();
    await this.issuer.close();
    await this.sql.end();
    await this.database.drop();
    rmSync(this.secrets, { recursive: true, force: true });
    rmSync(this.drops, { recursive: true, force: true });
  }

  /** A request with a token of the given care provider. */
  async request(
    method: string,
    path: string,
    options: {
      organisation?: string;
      scopes?: Scope[];
      body?: string;
      type?: string;
      headers?: Record<string, string>;
      latin1?: boolean;
    } = {},
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const {
      organisation = hospital,
      scopes = ['ingest:admin', 'ingest:write'],
      body,
      type = 'application/json',
    } = options;
    const headers = { ...options.headers, ...(body === undefined ? {} : { 'content-type': type }) };
    const content =
      body === undefined ? {} : { body: options.latin1 === true ? Buffer.from(body, 'latin1') : body };
    const response = await this.issuer.fetch(
      `${this.url}${path}`,
      { scope: scopes.join(' '), organization_ura: organisation },
      { method, headers, ...content },
    );
    const text = await response.text();
    return {
      status: response.status,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
    };
  }

  async declare(id: string, declaration: object): Promise<{ status: number; body: Record<string, unknown> }> {
    const body = JSON.stringify({ ...defaults, ...declaration });
    return this.request('PUT', `/tenants/${hospital}/sources/${id}`, { body });
  }

  async query<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.sql.query(text, values)).rows as Row[];
  }

  /** Payloads of the events published, in order. */
  async events(): Promise<Record<string, unknown>[]> {
    const rows = await this.query<{ key: string; payload: string }>(
      `SELECT key, payload FROM event_log.event WHERE type = 'source-message.received' ORDER BY position`,
    );
    return rows.map(({ key, payload }) => ({ key, ...(JSON.parse(payload) as object) }));
  }
}

const defaults = {
  displayName: 'Test source',
  settings: {
    localIdentifierSystem: 'https://hospital.example/patient',
    timeZone: 'Europe/Amsterdam',
    defaultCharset: '8859/1',
  },
};
