import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { migrateEventLog } from '@samenhang/event-log-postgres';
import { generateKey, referenceIndexRecipient, type GroupScalar } from '@samenhang/oprf';
import { TokenIssuer } from '@samenhang/testing';
import { exportJWK, generateKeyPair, type CryptoKey, type JWK } from 'jose';
import type { Usage } from '../installation-under-test.js';
import { startOwnPostgres } from '../own-postgres.js';
import { cpuMsOf, processTree } from '../process-usage.js';
import { startServiceProcess, stopServiceProcess } from '../service-process.js';

/** What the load generator must know to make tokens as the services themselves would. */
export interface NationalKeys {
  readonly oprf: GroupScalar;
  readonly signing: CryptoKey;
  readonly verification: CryptoKey;
  readonly encryption: CryptoKey;
  readonly decryption: CryptoKey;
  readonly pseudonymHashSecret: Buffer;
}

export type NationalService = 'pseudonymisation' | 'reference-index';

export interface NationalServices {
  readonly keys: NationalKeys;
  readonly issuer: TokenIssuer;
  readonly databaseUrl: string;
  urlOf(service: NationalService): string;
  /** Of one service's process, and of PostgreSQL with all its processes. */
  usage(service: NationalService): Usage;
  stop(): Promise<void>;
}

/**
 * Services as processes of their own on a PostgreSQL of their own; this process is authorisation server and client, and
 * publishes the signing key of the pseudonymisation service when that is not among them.
 */
export async function startNationalServices(
  portBase: number,
  wanted: ReadonlySet<NationalService>,
): Promise<NationalServices> {
  const postgres = await startOwnPostgres(portBase + 30);
  const { directory } = postgres;
  await migrateEventLog(postgres.url);
  const issuer = await TokenIssuer.start('bench');
  const urlOf = (service: NationalService): string =>
    `http://127.0.0.1:${portBase + (service === 'pseudonymisation' ? 3 : 4)}`;
  const secrets = join(directory, 'secrets');
  const keys = await writeSecrets(secrets);
  const run = (service: NationalService): Promise<ChildProcess> =>
    startServiceProcess(`apps/national/${service}/dist/main.js`, urlOf(service), {
      DATABASE_URL: postgres.url,
      SECRETS_DIR: secrets,
      AUTHORISATION_SERVER_URL: issuer.url,
      PSEUDONYMISATION_URL: urlOf('pseudonymisation'),
      PORT: new URL(urlOf(service)).port,
      LOG_LEVEL: 'warn',
      NODE_ENV: 'production',
      // The measure is of the work, not of the limits.
      ORGANISATION_QUOTA_PER_MINUTE: '100000000',
      ORGANISATION_QUOTA_PER_DAY: '100000000',
      CLIENT_QUOTA_PER_DAY: '100000000',
      RECIPIENT_QUOTA_PER_MINUTE: '100000000',
    });
  const processes = new Map<NationalService, ChildProcess>();
  const stand = wanted.has('pseudonymisation')
    ? undefined
    : await publishKey(urlOf('pseudonymisation'), keys.verification);
  for (const service of wanted) processes.set(service, await run(service));
  return {
    keys,
    issuer,
    databaseUrl: postgres.url,
    urlOf,
    usage: (service) => ({
      appMs: cpuMsOf(processTree(processes.get(service)?.pid ?? 0)),
      databaseMs: cpuMsOf(processTree(postgres.pid)),
    }),
    async stop() {
      for (const child of processes.values()) await stopServiceProcess(child);
      stand?.close();
      await issuer.close();
      await postgres.remove();
    },
  };
}

async function publishKey(url: string, key: CryptoKey): Promise<Server> {
  const body = JSON.stringify({ keys: [{ ...(await exportJWK(key)), kid: 'signing', alg: 'ES256' }] });
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(body);
  });
  await new Promise<void>((resolve) => server.listen(Number(new URL(url).port), '127.0.0.1', resolve));
  return server;
}

async function writeSecrets(directory: string): Promise<NationalKeys> {
  mkdirSync(directory, { mode: 0o700 });
  const write = (name: string, content: unknown): void =>
    writeFileSync(join(directory, `${name}.json`), JSON.stringify(content), { mode: 0o600 });
  const oprf = generateKey();
  const signing = await generateKeyPair('ES256', { extractable: true });
  const encryption = await generateKeyPair('RSA-OAEP-256', { extractable: true });
  const pseudonymHashSecret = randomBytes(32);
  const jwk: JWK = { ...(await exportJWK(encryption.publicKey)), kid: 'index' };
  write('pseudonymisation', {
    oprfKey: Buffer.from(oprf).toString('hex'),
    signing: { ...(await exportJWK(signing.privateKey)), kid: 'signing' },
  });
  write('recipients', [{ ...referenceIndexRecipient, jwk }]);
  write('reference-index', {
    decryption: await exportJWK(encryption.privateKey),
    pseudonymHashSecret: pseudonymHashSecret.toString('base64'),
  });
  return {
    oprf,
    signing: signing.privateKey,
    verification: signing.publicKey,
    encryption: encryption.publicKey,
    decryption: encryption.privateKey,
    pseudonymHashSecret,
  };
}
