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

/** The real service on a database of its own, on a stand-in of the platform. */
export class RunningQueryApi {
  private constructor(
    readonly database: TestDatabase,
    readonly platform: StandInPlatform,
    private readonly secrets: string,
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
    const { url } = platform;
    const service = await runService(queryApiService, {
      PORT: String(await freePort()),
      DATABASE_URL: database.url,
      SECRETS_DIR: secrets,
      AUTHORISATION_SERVER_URL: url,
      PSEUDONYMISATION_URL: url,
      REFERENCE_INDEX_URL: url,
      ADDRESS_BOOK_URL: url,
      SOURCE_DEADLINE_MS: '1000',
      LOG_LEVEL: 'silent',
      ...variables,
    });
    return new RunningQueryApi(database, platform, secrets, service);
  }

  get url(): string {
    return this.service.url;
  }

  async stop(): Promise<void> {
    await this.service.close();
    await this.platform.close();
    await this.database.drop();
    await rm(this.secrets, { recursive: true });
  }
}
