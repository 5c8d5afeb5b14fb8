import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateEventLog } from '@samenhang/event-log-postgres';
import { createClientKey } from '@samenhang/identity';
import { runService, type RunningService } from '@samenhang/service-kit';
import { createTestDatabase, freePort, type TestDatabase } from '@samenhang/testing';
import { queryApiService } from '../src/index.js';
import { StandInPlatform } from './stand-in-platform.js';

export const patientBinding = { key: Buffer.alloc(32, 9).toString('base64') };

export const changeHandles = { secret: Buffer.alloc(32, 8).toString('base64') };

/** The real service on a database of its own, on a stand-in of the platform. */
export class RunningQueryApi {
  #closed: Promise<void> | undefined;

  private constructor(
    readonly database: TestDatabase,
    readonly platform: StandInPlatform,
    private readonly secrets: string,
    /** With which the service runs, here or in a process of its own. */
    readonly variables: Readonly<Record<string, string>>,
    private readonly service: RunningService,
  ) {}

  static async start(variables: Record<string, string> = {}): Promise<RunningQueryApi> {
    const database = await createTestDatabase();
    await migrateEventLog(database.url);
    const platform = await StandInPlatform.start();
    const secrets = await mkdtemp(join(tmpdir(), 'secrets-'));
    await writeFile(join(secrets, 'client-query-api.json'), JSON.stringify(await createClientKey()));
    await writeFile(
      join(secrets, 'patient-keyring.json'),
      JSON.stringify({ secret: Buffer.alloc(32, 7).toString('base64') }),
    );
    await writeFile(join(secrets, 'patient-binding.json'), JSON.stringify(patientBinding));
    await writeFile(join(secrets, 'change-handles.json'), JSON.stringify(changeHandles));
    await writeFile(
      join(secrets, 'subscriptions.json'),
      JSON.stringify({ key: Buffer.alloc(32, 11).toString('base64') }),
    );
    const { url } = platform;
    const environment = {
      PORT: String(await freePort()),
      DATABASE_URL: database.url,
      SECRETS_DIR: secrets,
      AUTHORISATION_SERVER_URL: url,
      PSEUDONYMISATION_URL: url,
      REFERENCE_INDEX_URL: url,
      ADDRESS_BOOK_URL: url,
      CONSENT_REGISTER_URL: url,
      SOURCE_DEADLINE_MS: '1000',
      LOG_LEVEL: 'silent',
      ...variables,
    };
    const service = await runService(queryApiService, environment);
    return new RunningQueryApi(database, platform, secrets, environment, service);
  }

  get url(): string {
    return this.service.url;
  }

  /** For a process that takes its place, on the same database. */
  stopService(): Promise<void> {
    this.#closed ??= this.service.close();
    return this.#closed;
  }

  async stop(): Promise<void> {
    await this.stopService();
    await this.platform.close();
    await this.database.drop();
    await rm(this.secrets, { recursive: true });
  }
}
