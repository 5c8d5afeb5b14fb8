import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { migrateEventLog } from '@samenhang/event-log-postgres';
import { writeClosedAnswer } from '@samenhang/mitz';
import { provisionServiceRoles } from '@samenhang/persistence';
import { TokenIssuer } from '@samenhang/testing';
import { exportJWK, generateKeyPair } from 'jose';
import type { Usage } from '../installation-under-test.js';
import { startOwnPostgres } from '../own-postgres.js';
import { cpuMsOf, processTree } from '../process-usage.js';
import { startServiceProcess, stopServiceProcess } from '../service-process.js';

export const holderTenant = '22222222';
const DATABASE = 'samenhang';

export interface HolderUnderTest {
  /** Base of the FHIR API. */
  readonly base: string;
  readonly serviceUrl: string;
  readonly issuer: TokenIssuer;
  /** As the owner of the database, past the fence between tenants. */
  readonly adminUrl: string;
  /** Of the service before this one, which publishes what the record takes in. */
  readonly publisherUrl: string;
  /** Of its patient keys. */
  readonly patientSecret: Buffer;
  usage(): Usage;
  stop(): Promise<void>;
}

/**
 * The record alone, in a process of its own with the database role an installation gives it; this process is
 * authorisation server, consent register (it permits everything) and client.
 */
export async function startHolder(portBase: number, dataDirectory?: string): Promise<HolderUnderTest> {
  const settings = { shared_buffers: '1GB', max_wal_size: '4GB' };
  const postgres = await startOwnPostgres(portBase + 30, settings, dataDirectory);
  const secrets = await prepareSecrets(postgres.directory);
  const roles = ['record', 'normalise'].map((name) => ({ name, password: randomBytes(12).toString('hex') }));
  const urls = await provisionServiceRoles(postgres.url, DATABASE, roles);
  const adminUrl = new URL(postgres.url);
  adminUrl.pathname = `/${DATABASE}`;
  await migrateEventLog(adminUrl.href, { grantTo: roles.map(({ name }) => name) });
  const issuer = await TokenIssuer.start('bench');
  const register = await startRegister();
  const serviceUrl = `http://127.0.0.1:${portBase + 6}`;
  const service: ChildProcess = await startServiceProcess('apps/provider/record/dist/main.js', serviceUrl, {
    DATABASE_URL: urls.get('record') ?? '',
    SECRETS_DIR: secrets.directory,
    AUTHORISATION_SERVER_URL: issuer.url,
    CONSENT_REGISTER_URL: `http://127.0.0.1:${(register.address() as AddressInfo).port}`,
    TENANTS: `${holderTenant}:V4`,
    PORT: new URL(serviceUrl).port,
    LOG_LEVEL: 'warn',
    NODE_ENV: 'production',
  });
  return {
    base: `${serviceUrl}/tenants/${holderTenant}/fhir`,
    serviceUrl,
    issuer,
    adminUrl: adminUrl.href,
    publisherUrl: urls.get('normalise') ?? '',
    patientSecret: secrets.patientSecret,
    usage: () => ({
      appMs: cpuMsOf(processTree(service.pid ?? 0)),
      databaseMs: cpuMsOf(processTree(postgres.pid)),
    }),
    async stop() {
      await stopServiceProcess(service);
      register.closeAllConnections();
      register.close();
      await issuer.close();
      await postgres.remove();
    },
  };
}

/** Stands in for the consent register. What it takes to answer is not measured; that it is asked, is. */
async function startRegister(): Promise<Server> {
  const answer = writeClosedAnswer('Permit');
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/soap+xml').end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Those of an earlier run with the same data, else new ones. */
async function prepareSecrets(folder: string): Promise<{ directory: string; patientSecret: Buffer }> {
  const directory = join(folder, 'secrets');
  const keyring = join(directory, 'patient-keyring.json');
  if (!existsSync(keyring)) await writeSecrets(directory);
  const { secret } = JSON.parse(readFileSync(keyring, 'utf8')) as { secret: string };
  return { directory, patientSecret: Buffer.from(secret, 'base64') };
}

async function writeSecrets(directory: string): Promise<void> {
  mkdirSync(directory, { mode: 0o700 });
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const secrets: Readonly<Record<string, object>> = {
    'client-record': { ...(await exportJWK(privateKey)), kid: 'record', alg: 'ES256' },
    'patient-keyring': { secret: randomBytes(32).toString('base64') },
    'patient-binding': { key: randomBytes(32).toString('base64') },
  };
  for (const [name, content] of Object.entries(secrets))
    writeFileSync(join(directory, `${name}.json`), JSON.stringify(content), { mode: 0o600 });
}
