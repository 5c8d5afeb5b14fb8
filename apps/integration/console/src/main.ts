import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AccessTokens } from '@samenhang/identity';
import { defaultPortBase, portOffsets, type ServiceName } from '@samenhang/service-kit';
import type { JWK } from 'jose';
import { readOperatorAccounts } from './operator-account.js';
import { startConsole } from './start-console.js';

const CLIENT = 'console';

const { env } = process;
const portBase = Number(env['SAMENHANG_PORT_BASE'] ?? defaultPortBase);
const urlOf = (service: ServiceName): string =>
  env[`${service.toUpperCase().replaceAll('-', '_')}_URL`] ??
  `http://127.0.0.1:${String(portBase + portOffsets[service])}`;
const secret = (name: string): unknown =>
  JSON.parse(readFileSync(join(env['SECRETS_DIR'] ?? '', `${name}.json`), 'utf8'));

try {
  const running = await startConsole({
    port: Number(env['PORT'] ?? portBase + portOffsets.console),
    host: env['HOST'] ?? '127.0.0.1',
    ...(env['PUBLIC_URL'] === undefined ? {} : { publicUrl: env['PUBLIC_URL'] }),
    accounts: readOperatorAccounts(secret('console-accounts')),
    tokens: new AccessTokens({
      issuer: urlOf('authorisation-server'),
      clientId: CLIENT,
      clientKey: secret(`client-${CLIENT}`) as JWK,
    }),
    urlOf,
  });
  process.stderr.write(`console ready at ${running.url}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void running.close().then(() => process.exit(0)));
} catch (error) {
  process.stderr.write(`console cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
