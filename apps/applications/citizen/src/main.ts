import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCareProviders } from './care-providers.js';
import { startCitizen } from './index.js';

/** Ports of a local installation, counted from SAMENHANG_PORT_BASE. */
const offsets = { QUERY_API: 0, AUTHORISATION_SERVER: 1, CONSENT_REGISTER: 5, AUDIT: 10 } as const;
const CITIZEN_OFFSET = 33;

const { env } = process;
const portBase = Number(env['SAMENHANG_PORT_BASE'] ?? 8600);
const urlOf = (service: keyof typeof offsets): string =>
  env[`${service}_URL`] ?? `http://127.0.0.1:${portBase + offsets[service]}`;
const clientId = env['CLIENT_ID'] ?? 'citizen';
const port = Number(env['PORT'] ?? portBase + CITIZEN_OFFSET);

try {
  const citizen = await startCitizen({
    port,
    host: env['HOST'] ?? '127.0.0.1',
    publicUrl: env['PUBLIC_URL'] ?? `http://127.0.0.1:${port}`,
    authorisationServerUrl: urlOf('AUTHORISATION_SERVER'),
    consentRegisterUrl: urlOf('CONSENT_REGISTER'),
    auditUrl: urlOf('AUDIT'),
    queryApiUrl: urlOf('QUERY_API'),
    clientId,
    clientKey: JSON.parse(readFileSync(join(env['SECRETS_DIR'] ?? '', `client-${clientId}.json`), 'utf8')),
    careProviders: readCareProviders(env['CARE_PROVIDERS'] ?? ''),
  });
  process.stderr.write(`citizen ready at ${citizen.url}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void citizen.close().then(() => process.exit(0)));
} catch (error) {
  process.stderr.write(`citizen cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
