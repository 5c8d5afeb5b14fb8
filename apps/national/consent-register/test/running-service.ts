import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateEventLog } from '@samenhang/event-log-postgres';
import { createClientKey } from '@samenhang/identity';
import { runService, type RunningService, type ServiceDefinition } from '@samenhang/service-kit';
import { createTestDatabase, freePort, type TestDatabase, TokenIssuer } from '@samenhang/testing';

export const patientBinding = { key: Buffer.alloc(32, 9).toString('base64') };

/** A service on a database of its own, with an issuer of tokens for it. */
export class ServiceUnderTest {
  private constructor(
    readonly database: TestDatabase,
    readonly issuer: TokenIssuer,
    private readonly secretsDir: string,
    private readonly service: RunningService,
  ) {}

  static async start(
    definition: ServiceDefinition,
    peers = 'http://127.0.0.1:9',
    settings: Readonly<Record<string, string>> = {},
  ): Promise<ServiceUnderTest> {
    const database = await createTestDatabase();
    await migrateEventLog(database.url);
    const issuer = await TokenIssuer.start('console');
    const secretsDir = await mkdtemp(join(tmpdir(), 'secrets-'));
    await writeFile(
      join(secretsDir, 'patient-keyring.json'),
      JSON.stringify({ secret: Buffer.alloc(32, 7).toString('base64') }),
    );
    await writeFile(join(secretsDir, 'patient-binding.json'), JSON.stringify(patientBinding));
    await writeFile(
      join(secretsDir, 'client-consent-register.json'),
      JSON.stringify(await createClientKey()),
    );
    const service = await runService(definition, {
      PORT: String(await freePort()),
      DATABASE_URL: database.url,
      SECRETS_DIR: secretsDir,
      AUTHORISATION_SERVER_URL: issuer.url,
      PSEUDONYMISATION_URL: peers,
      REFERENCE_INDEX_URL: peers,
      LOG_LEVEL: 'silent',
      ...settings,
    });
    return new ServiceUnderTest(database, issuer, secretsDir, service);
  }

  get url(): string {
    return this.service.url;
  }

  async stop(): Promise<void> {
    await this.service.close();
    await this.issuer.close();
    await this.database.drop();
    await rm(this.secretsDir, { recursive: true });
  }
}
