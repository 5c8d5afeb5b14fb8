import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getUra } from '@samenhang/data-model';
import { insertEvents, migrateEventLog } from '@samenhang/event-log-postgres';
import {
  AccessTokens,
  authorisedFetch,
  provisionSecrets,
  type ClientPlan,
  type ProvisioningPlan,
  type SecretFiles,
} from '@samenhang/identity';
import { withClient } from '@samenhang/persistence';
import { runService, type RunningService, type Variables } from '@samenhang/service-kit';
import { createTestDatabase, freePort, type TestDatabase } from '@samenhang/testing';
import type { JWK } from 'jose';
import { authorisationServerService } from '../src/index.js';
import { DeziStub } from './dezi-stub.js';
import { RawClient } from './token-request.js';

const plan: ProvisioningPlan = {
  clients: [
    {
      clientId: 'viewer',
      title: 'Viewer',
      organisations: ['11111111'],
      facilityTypes: { '11111111': 'Z3' },
      scopes: ['view:read'],
    },
    {
      clientId: 'query-api',
      title: 'Query API',
      organisations: ['*'],
      scopes: ['holder:read', 'nvi:localize'],
    },
    {
      clientId: 'pgo',
      title: 'Personal health environment',
      organisations: [],
      scopes: ['holder:read', 'view:read', 'consent:own'],
      redirectUris: ['https://pgo.example/cb'],
    },
    {
      clientId: 'pep',
      title: 'Enforcement point of another system',
      organisations: ['11111111'],
      scopes: ['access:evaluate', 'view:read', 'token:introspect'],
    },
    { clientId: 'winding-up', title: 'Winding up', organisations: ['*'], scopes: ['nvi:purge'] },
    {
      clientId: 'hospital',
      title: 'Hospital with a UZI server certificate',
      organisations: ['22222222'],
      scopes: ['nvi:create'],
      certificateUra: '22222222',
      certificateBound: true,
    },
    {
      clientId: 'laboratory',
      title: 'Laboratory with a key and a certificate',
      organisations: ['22222222'],
      scopes: ['nvi:create'],
      certificateBound: true,
    },
    { clientId: 'operator', title: 'Operator', organisations: [], scopes: ['keys:admin'] },
    { clientId: 'record', title: 'Record', organisations: ['*'], scopes: ['holder:read'] },
  ],
};

/** The audience of the viewer's tokens: the query API, which does not have to run. */
export const audience = 'http://127.0.0.1:9/view';
export const holderAudience = 'http://127.0.0.1:10/tenants/22222222/fhir';

/** The authorisation server on a database of its own, with an issuer of Dezi statements. */
export class RunningServer {
  private constructor(
    readonly dezi: DeziStub,
    readonly secrets: SecretFiles,
    private service: RunningService,
    private readonly variables: Variables,
    private readonly database: TestDatabase,
    private readonly secretsDir: string,
  ) {}

  static async start(
    variables: Record<string, string> = {},
    clients: readonly ClientPlan[] = [],
  ): Promise<RunningServer> {
    const database = await createTestDatabase();
    await migrateEventLog(database.url);
    const dezi = await DeziStub.start();
    const secrets = await provisionSecrets(undefined, { clients: [...plan.clients, ...clients] });
    const secretsDir = await mkdtemp(join(tmpdir(), 'secrets-'));
    for (const [name, content] of Object.entries(secrets)) {
      await writeFile(join(secretsDir, `${name}.json`), JSON.stringify(content));
    }
    const settings = {
      PORT: String(await freePort()),
      DATABASE_URL: database.url,
      SECRETS_DIR: secretsDir,
      DEZI_KEYS: dezi.keyAddress,
      QUERY_API_URL: 'http://127.0.0.1:9',
      RECORD_URL: 'http://127.0.0.1:10',
      LOG_LEVEL: 'silent',
      ...variables,
    };
    const service = await runService(authorisationServerService, settings);
    return new RunningServer(dezi, secrets, service, settings, database, secretsDir);
  }

  async restart(): Promise<void> {
    await this.service.close();
    this.service = await runService(authorisationServerService, this.variables);
  }

  /** Replaces the secret of the server, as provisioning makes it anew, and starts it again. */
  async replaceSecret(): Promise<void> {
    const { 'authorisation-server': _old, ...kept } = this.secrets;
    const secrets = await provisionSecrets(kept, plan);
    const file = join(this.secretsDir, 'authorisation-server.json');
    await writeFile(file, JSON.stringify(secrets['authorisation-server']));
    await this.restart();
  }

  /** A second instance on the same database, under the same name. */
  async startAnother(): Promise<{ readonly url: string; close(): Promise<void> }> {
    const port = String(await freePort());
    const instance = await runService(authorisationServerService, {
      ...this.variables,
      PORT: port,
      PUBLIC_URL: this.issuer,
    });
    return { url: `http://127.0.0.1:${port}`, close: () => instance.close() };
  }

  async query<Row extends object>(statement: string): Promise<Row[]> {
    return withClient(this.database.url, async (client) => {
      await client.query('SET search_path TO authorisation_server');
      return (await client.query<Row>(statement)).rows;
    });
  }

  /** What the address book tells of a care provider, one after the other. */
  async tellStatus(ura: string, ...statuses: readonly boolean[]): Promise<void> {
    await withClient(this.database.url, async (client) => {
      const query = async <Row>(sql: string, parameters?: unknown[]): Promise<Row[]> =>
        (await client.query(sql, parameters)).rows as Row[];
      await insertEvents(
        { query },
        'address-book',
        statuses.map((active) => ({
          type: 'addressing.organisation-status-changed',
          key: ura,
          tenant: null,
          payload: { ura: getUra(ura), active },
        })),
      );
    });
  }

  /** A request by the operator. */
  async administer(method: 'GET' | 'POST', path: string): Promise<{ status: number; body: unknown }> {
    const operator = new AccessTokens({
      issuer: this.issuer,
      clientId: 'operator',
      clientKey: this.keyOf('operator'),
    });
    const token = await operator.clientCredentials({ audience: this.issuer, scope: 'keys:admin' });
    const response = await authorisedFetch(token, `${this.issuer}/${path}`, { method });
    return { status: response.status, body: await response.json() };
  }

  get issuer(): string {
    return this.service.url;
  }

  get databaseUrl(): string {
    return this.database.url;
  }

  keyOf(clientId: string): JWK {
    return this.secrets[`client-${clientId}`] as JWK;
  }

  clientOf(clientId: string): Promise<RawClient> {
    return RawClient.create(this.issuer, clientId, this.keyOf(clientId));
  }

  /** Parameters of the viewer's token for a general practitioner. */
  async viewRequest(): Promise<Record<string, string>> {
    return {
      resource: audience,
      scope: 'view:read',
      organization_id: '11111111',
      dezi_statement: await this.dezi.statement(),
      purpose_of_use: 'TREAT',
      treatment_relation: 'asserted',
    };
  }

  async stop(): Promise<void> {
    await this.service.close();
    await this.dezi.stop();
    await this.database.drop();
    await rm(this.secretsDir, { recursive: true });
  }
}
