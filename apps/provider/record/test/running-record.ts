import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEventLogForTest, type TestEventLog } from './test-event-log.js';
import { migrateEventLog } from '@samenhang/event-log-postgres';
import { withClient } from '@samenhang/persistence';
import { runService, type RunningService } from '@samenhang/service-kit';
import { createTestDatabase, freePort, type TestDatabase } from '@samenhang/testing';
import { recordService } from '../src/index.js';
import { secret } from './record-builders.js';
import { StandInTrust } from './stand-in-trust.js';

export const patientBinding = { key: Buffer.alloc(32, 9).toString('base64') };

/** What a test gives the service beside what every one does. */
export interface Besides {
  readonly variables?: Readonly<Record<string, string>>;
  /** Content by name. */
  readonly secrets?: Readonly<Record<string, unknown>>;
}

/** The service as it runs, on a database of its own, fed through the real event log. */
export class RunningRecord {
  #service: RunningService | undefined;

  private constructor(
    readonly database: TestDatabase,
    readonly trust: StandInTrust,
    readonly log: TestEventLog,
    private readonly secretsDir: string,
    /** With which the service runs, here or in a process of its own. */
    readonly variables: Readonly<Record<string, string>>,
  ) {}

  static async start(tenants: string, besides: Besides = {}): Promise<RunningRecord> {
    const database = await createTestDatabase();
    const log = await createEventLogForTest(database.url);
    const trust = await StandInTrust.start();
    const secretsDir = await mkdtemp(join(tmpdir(), 'secrets-'));
    const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ]);
    const clientKey = { ...(await crypto.subtle.exportKey('jwk', privateKey)), kid: 'record', alg: 'ES256' };
    await writeFile(join(secretsDir, 'client-record.json'), JSON.stringify(clientKey));
    await writeFile(
      join(secretsDir, 'patient-keyring.json'),
      JSON.stringify({ secret: secret.toString('base64') }),
    );
    await writeFile(join(secretsDir, 'patient-binding.json'), JSON.stringify(patientBinding));
    for (const [name, content] of Object.entries(besides.secrets ?? {}))
      await writeFile(join(secretsDir, `${name}.json`), JSON.stringify(content));
    const variables = {
      PORT: String(await freePort()),
      DATABASE_URL: await ownRole(database.url),
      SECRETS_DIR: secretsDir,
      AUTHORISATION_SERVER_URL: trust.issuer.url,
      CONSENT_REGISTER_URL: trust.registerUrl,
      TENANTS: tenants,
      LOG_LEVEL: 'silent',
      ...besides.variables,
    };
    const record = new RunningRecord(database, trust, log, secretsDir, variables);
    await record.startService();
    return record;
  }

  async startService(): Promise<void> {
    this.#service = await runService(recordService, this.variables);
  }

  async stopService(): Promise<void> {
    await this.#service?.close();
  }

  get url(): string {
    return `http://127.0.0.1:${this.variables['PORT']}`;
  }

  async stop(): Promise<void> {
    await this.stopService();
    await this.log.close();
    await this.trust.close();
    await this.database.drop();
    await rm(this.secretsDir, { recursive: true });
  }
}

/** As provisioning makes it: a role that owns its schema and is no superuser, so that row-level security holds. */
async function ownRole(adminUrl: string): Promise<string> {
  const [name, password] = [`record_${randomBytes(6).toString('hex')}`, randomBytes(12).toString('hex')];
  await withClient(adminUrl, async (client) => {
    await client.query(`CREATE ROLE ${name} LOGIN PASSWORD '${password}'`);
    await client.query(`CREATE SCHEMA IF NOT EXISTS record`);
    await client.query(`ALTER SCHEMA record OWNER TO ${name}`);
  });
  await migrateEventLog(adminUrl, { grantTo: [name] });
  return Object.assign(new URL(adminUrl), { username: name, password }).href;
}
