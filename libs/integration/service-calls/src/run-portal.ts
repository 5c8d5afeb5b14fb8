import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AccessTokens } from '@samenhang/identity';
import type { OpenIdSettings } from '@samenhang/portal-server';
import { defaultPortBase, portOffsets, type ServiceName } from '@samenhang/service-kit';
import type { JWK } from 'jose';

/** What the environment tells a portal of this installation. */
export interface PortalSurroundings {
  readonly port: number;
  readonly host: string;
  readonly publicUrl?: string;
  /** Of the portal's own client, which is called as the portal is. */
  readonly tokens: AccessTokens;
  readonly urlOf: (service: ServiceName) => string;
  /** Where people sign in, when it is not here. */
  readonly openId?: OpenIdSettings;
}

interface Running {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Runs a portal as a process of its own, until it is told to stop.
 * @param start gets, beside its surroundings, what reads a secret by name
 */
export async function runPortal(
  name: ServiceName,
  start: (surroundings: PortalSurroundings, secret: (name: string) => unknown) => Promise<Running>,
): Promise<void> {
  const { env } = process;
  const portBase = Number(env['SAMENHANG_PORT_BASE'] ?? defaultPortBase);
  const urlOf = (service: ServiceName): string =>
    env[`${service.toUpperCase().replaceAll('-', '_')}_URL`] ??
    `http://127.0.0.1:${String(portBase + portOffsets[service])}`;
  const secret = (file: string): unknown =>
    JSON.parse(readFileSync(join(env['SECRETS_DIR'] ?? '', `${file}.json`), 'utf8'));
  try {
    const tokens = new AccessTokens({
      issuer: urlOf('authorisation-server'),
      clientId: name,
      clientKey: secret(`client-${name}`) as JWK,
    });
    const port = Number(env['PORT'] ?? portBase + portOffsets[name]);
    const openId = readOpenId(name, env['PUBLIC_URL'] ?? `http://127.0.0.1:${String(port)}`);
    const surroundings = {
      port,
      host: env['HOST'] ?? '127.0.0.1',
      ...(env['PUBLIC_URL'] === undefined ? {} : { publicUrl: env['PUBLIC_URL'] }),
      ...(openId === undefined ? {} : { openId }),
      tokens,
      urlOf,
    };
    const running = await start(surroundings, secret);
    process.stderr.write(`${name} ready at ${running.url}\n`);
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => void running.close().then(() => process.exit(0)));
  } catch (error) {
    process.stderr.write(`${name} cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

/** Of the OpenID provider, when there is one. */
function readOpenId(name: ServiceName, publicUrl: string): OpenIdSettings | undefined {
  const { OPENID_ISSUER: issuer, OPENID_CLIENT_ID: clientId, OPENID_ROLE_CLAIM: roleClaim } = process.env;
  if (issuer === undefined || issuer === '') return undefined;
  return {
    issuer,
    clientId: clientId || name,
    roleClaim: roleClaim || 'roles',
    redirectUri: `${publicUrl.replace(/\/+$/, '')}/api/return`,
  };
}
