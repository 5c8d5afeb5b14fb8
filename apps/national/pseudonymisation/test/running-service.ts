import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NewEvent } from '@samenhang/data-model';
import { migrateEventLog, poolDatabase, PostgresEventLog } from '@samenhang/event-log-postgres';
import { runService } from '@samenhang/service-kit';
import { createTestDatabase, freePort, TokenIssuer } from '@samenhang/testing';
import { exportJWK, generateKeyPair, type CryptoKey, type JWK } from 'jose';
import pg from 'pg';
import { pseudonymisationService } from '../src/index.js';

export const oprfKey = '5ebcea5ee37023ccb9fc2d2019f9d7737be85591ae8652ffa9ef0f4d37063b0e';
export const nvi = { organisation: 'oin:00000099000000001000', scope: 'nvi' };

export interface RunningPseudonymisation {
  readonly url: string;
  readonly databaseUrl: string;
  readonly issuer: TokenIssuer;
  readonly recipientKey: CryptoKey;
  /** Of the OAuth client `registrar`, private. */
  readonly clientKey: JWK;
  /** As another service would. */
  publish(...events: NewEvent[]): Promise<void>;
  /** The directory of secrets. */
  readonly secrets: string;
  query<Row>(sql: string): Promise<Row[]>;
  stop(): Promise<void>;
}

export async function startPseudonymisation(
  variables: Record<string, string> = {},
): Promise<RunningPseudonymisation> {
  const database = await createTestDatabase();
  await migrateEventLog(database.url);
  const issuer = await TokenIssuer.start('registrar');
  const signing = await generateKeyPair('ES256', { extractable: true });
  const recipient = await generateKeyPair('RSA-OAEP-256', { extractable: true });
  const secrets = mkdtempSync(join(tmpdir(), 'pseudonymisation-'));
  const write = (name: string, content: unknown): void =>
    writeFileSync(join(secrets, `${name}.json`), JSON.stringify(content));
  write('pseudonymisation', {
    oprfKey,
    keyEncryptionKey: Buffer.alloc(32, 5).toString('base64'),
    signing: { ...(await exportJWK(signing.privateKey)), kid: 'signing' },
  });
  const jwk = { ...(await exportJWK(recipient.publicKey)), kid: 'index' };
  write('recipients', [
    { ...nvi, jwk, clients: ['reference-index'] },
    { organisation: 'ura:22222222', scope: 'own', jwk },
  ]);
  const client = await generateKeyPair('ES256', { extractable: true });
  write('evaluation-clients', [
    {
      client_id: 'registrar',
      jwks: { keys: [await exportJWK(client.publicKey)] },
      organisations: ['22222222', '44444444'],
    },
    {
      client_id: 'reference-index',
      jwks: { keys: [await exportJWK(client.publicKey)] },
      organisations: ['*'],
    },
  ]);
  const service = await runService(pseudonymisationService, {
    PORT: String(await freePort()),
    LOG_LEVEL: 'silent',
    DATABASE_URL: database.url,
    SECRETS_DIR: secrets,
    AUTHORISATION_SERVER_URL: issuer.url,
    ...variables,
  });
  const pool = new pg.Pool({
    connectionString: database.url,
    options: '-c search_path=pseudonymisation',
  });
  // Connections that are still closing when the test's database is dropped.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const logDatabase = poolDatabase(pool);
  const log = new PostgresEventLog({ producer: 'registrar', ...logDatabase });
  return {
    url: service.url,
    databaseUrl: database.url,
    issuer,
    recipientKey: recipient.privateKey,
    secrets,
    query: async <Row>(sql: string) => (await pool.query(sql)).rows as Row[],
    clientKey: await exportJWK(client.privateKey),
    publish: (...events) => logDatabase.runInTransaction((transaction) => log.publish(transaction, events)),
    async stop() {
      await pool.end();
      await service.close();
      await issuer.close();
      await database.drop();
      rmSync(secrets, { recursive: true });
    },
  };
}
