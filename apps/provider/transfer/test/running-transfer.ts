import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifierSystems } from '@samenhang/data-model';
import { migrateEventLog } from '@samenhang/event-log-postgres';
import { createClientKey } from '@samenhang/identity';
import { withClient } from '@samenhang/persistence';
import { runService, type RunningService } from '@samenhang/service-kit';
import { createTestDatabase, freePort, TokenIssuer, type TestDatabase } from '@samenhang/testing';
import pg from 'pg';
import { vi } from 'vitest';
import { transferService } from '../src/index.js';
import { Surroundings } from './surroundings.js';

export const hospital = '22222222';
export const nursingHome = '33333333';
export const pharmacy = '44444444';
export const bsn = '999901370';

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
  readonly etag: string | null;
  readonly text: string;
}

export interface Transfer {
  readonly transfer: string;
  readonly tasks: readonly {
    readonly id: string;
    readonly owner: string;
    readonly status: string;
    readonly businessStatus?: string;
    readonly statusReason?: string;
    readonly version: number;
    readonly deliveries: readonly {
      readonly kind: string;
      readonly attempts: number;
      readonly deliveredAt: string | null;
      readonly lastFailure: string | null;
    }[];
  }[];
}

export interface Item {
  readonly id: string;
  readonly sender: string;
  readonly kind: string;
  readonly status: string;
  readonly pull: string;
  readonly failure: string | null;
  readonly requests?: readonly {
    readonly request: string;
    readonly state: string;
    readonly lastFailure: string | null;
  }[];
}

/** The real service on a real database, for three care providers, that a test can stop and start again. */
export class RunningTransfer {
  readonly around = new Surroundings();
  #service: RunningService | undefined;
  #variables = { around: '', port: '' };

  private constructor(
    private readonly database: TestDatabase,
    private readonly databaseUrl: string,
    private readonly secrets: string,
    private readonly issuer: TokenIssuer,
  ) {}

  static async start(): Promise<RunningTransfer> {
    const database = await createTestDatabase();
    const databaseUrl = await ownRole(database.url);
    const secrets = mkdtempSync(join(tmpdir(), 'transfer-'));
    writeFileSync(join(secrets, 'client-transfer.json'), JSON.stringify(await createClientKey()));
    const secret = Buffer.alloc(32, 7).toString('base64');
    writeFileSync(join(secrets, 'patient-keyring.json'), JSON.stringify({ secret }));
    const transfer = new RunningTransfer(database, databaseUrl, secrets, await TokenIssuer.start('transfer'));
    transfer.#variables = { around: await transfer.around.start(), port: String(await freePort()) };
    for (const ura of [hospital, nursingHome, pharmacy]) transfer.around.bases.set(ura, transfer.baseOf(ura));
    await transfer.startService();
    return transfer;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#variables.port}`;
  }

  baseOf(ura: string): string {
    return `${this.url}/tenants/${ura}/fhir`;
  }

  async startService(extra: Record<string, string> = {}): Promise<void> {
    const { around, port } = this.#variables;
    this.#service = await runService(transferService, {
      PORT: port,
      LOG_LEVEL: 'silent',
      DATABASE_URL: this.databaseUrl,
      SECRETS_DIR: this.secrets,
      AUTHORISATION_SERVER_URL: this.issuer.url,
      ADDRESS_BOOK_URL: around,
      RECORD_URL: around,
      TENANTS: `${hospital}:V4,${nursingHome}:X3,${pharmacy}:A1`,
      TRANSFER_POLL_MILLISECONDS: '50',
      ...extra,
    });
  }

  async stopService(): Promise<void> {
    await this.#service?.close();
    this.#service = undefined;
  }

  async stop(): Promise<void> {
    await this.stopService();
    await this.around.close();
    await this.issuer.close();
    await this.database.drop();
    rmSync(this.secrets, { recursive: true });
  }

  /** A care provider's own system. */
  own<T>(ura: string, method: string, path: string, body?: unknown, of = ura): Promise<Answer<T>> {
    return this.#ask(`${this.url}/tenants/${ura}/${path}`, this.url, of, 'transfer:manage', method, body, {});
  }

  /** Another care provider, at the FHIR API of a tenant. */
  peer<T>(
    from: string,
    at: string,
    method: string,
    path: string,
    more: { readonly body?: unknown; readonly headers?: Record<string, string> } = {},
  ): Promise<Answer<T>> {
    const base = this.baseOf(at);
    return this.#ask(
      `${base}/${path}`,
      base,
      from,
      'transfer:exchange',
      method,
      more.body,
      more.headers ?? {},
    );
  }

  /** Another care provider, at the joint records that a tenant keeps. */
  joint<T>(
    from: string,
    at: string,
    method: string,
    path: string,
    more: { readonly body?: unknown; readonly headers?: Record<string, string> } = {},
  ): Promise<Answer<T>> {
    const base = `${this.url}/tenants/${at}/joint/fhir`;
    const url = `${base}/${path}`;
    return this.#ask(url, base, from, 'transfer:exchange', method, more.body, more.headers ?? {});
  }

  async offer(ura: string, request: object): Promise<Transfer> {
    const { status, body, text } = await this.own<Transfer>(ura, 'POST', 'transfers', {
      patient: { system: identifierSystems.bsn, value: bsn },
      until: '2099-12-08',
      ...request,
    });
    if (status !== 201) throw new Error(`The offer was answered ${status}: ${text}`);
    return body;
  }

  async transfer(ura: string, id: string): Promise<Transfer> {
    return (await this.own<Transfer>(ura, 'GET', `transfers/${id}`)).body;
  }

  async inbox(ura: string): Promise<readonly Item[]> {
    return (await this.own<{ items: Item[] }>(ura, 'GET', 'inbox')).body.items;
  }

  /** The one item of the inbox that a check holds for, once there is one. */
  item(ura: string, check: (item: Item) => boolean): Promise<Item> {
    return vi.waitFor(
      async () => {
        const found = (await this.inbox(ura)).find(check);
        if (found === undefined) throw new Error('There is no such item yet');
        return (await this.own<Item>(ura, 'GET', `inbox/${found.id}`)).body;
      },
      { timeout: 90_000, interval: 50 },
    );
  }

  /** Beneath the service, as the database's administrator. */
  async query<Row extends pg.QueryResultRow>(statement: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.database.url });
    await client.connect();
    try {
      return (await client.query<Row>(statement)).rows;
    } finally {
      await client.end();
    }
  }

  /** As the service's own role, in the name of one tenant. */
  async asTenant<Row extends pg.QueryResultRow>(tenant: string, statement: string): Promise<Row[]> {
    return withClient(this.databaseUrl, async (client) => {
      await client.query("SELECT set_config('samenhang.tenant', $1, false)", [tenant]);
      return (await client.query<Row>(statement)).rows;
    });
  }

  async #ask<T>(
    url: string,
    audience: string,
    organisation: string,
    scope: string,
    method: string,
    body: unknown,
    headers: Record<string, string>,
  ): Promise<Answer<T>> {
    const response = await this.issuer.fetch(
      url,
      { scope, organization_ura: organisation, organization_facility_type: 'V4' },
      {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      },
      audience,
    );
    const text = await response.text();
    const isJson = text.startsWith('{');
    return {
      status: response.status,
      body: (isJson ? JSON.parse(text) : {}) as T,
      etag: response.headers.get('etag'),
      text,
    };
  }
}

/** As provisioning makes it: a role that owns its schema and is no superuser, so that row-level security holds. */
async function ownRole(adminUrl: string): Promise<string> {
  const [name, password] = [`transfer_${randomBytes(6).toString('hex')}`, randomBytes(12).toString('hex')];
  await withClient(adminUrl, async (client) => {
    await client.query(`CREATE ROLE ${name} LOGIN PASSWORD '${password}'`);
    await client.query('CREATE SCHEMA IF NOT EXISTS transfer');
    await client.query(`ALTER SCHEMA transfer OWNER TO ${name}`);
  });
  await migrateEventLog(adminUrl, { grantTo: [name] });
  return Object.assign(new URL(adminUrl), { username: name, password }).href;
}
