import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startViewer } from './index.js';

/** Ports of a local installation, counted from SAMENHANG_PORT_BASE. */
const offsets = { QUERY_API: 0, AUTHORISATION_SERVER: 1, DEZI: 12 } as const;
const VIEWER_OFFSET = 11;

const { env } = process;
const portBase = Number(env['SAMENHANG_PORT_BASE'] ?? 8600);
const urlOf = (service: keyof typeof offsets): string =>
  env[`${service}_URL`] ?? `http://127.0.0.1:${portBase + offsets[service]}`;
const clientId = env['CLIENT_ID'] ?? 'demo';

try {
  const viewer = await startViewer({
    port: Number(env['PORT'] ?? portBase + VIEWER_OFFSET),
    host: env['HOST'] ?? '127.0.0.1',
    ...(env['PUBLIC_URL'] === undefined ? {} : { publicUrl: env['PUBLIC_URL'] }),
    queryApiUrl: urlOf('QUERY_API'),
    authorisationServerUrl: urlOf('AUTHORISATION_SERVER'),
    deziUrl: urlOf('DEZI'),
    clientId,
    clientKey: JSON.parse(readFileSync(join(env['SECRETS_DIR'] ?? '', `client-${clientId}.json`), 'utf8')),
  });
  process.stderr.write(`viewer ready at ${viewer.url}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void viewer.close().then(() => process.exit(0)));
} catch (error) {
  process.stderr.write(`viewer cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
