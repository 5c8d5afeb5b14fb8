import { fileURLToPath } from 'node:url';
import type { AccessTokens } from '@samenhang/identity';
import { Accounts, startPortal, type PortalRoutes, type RunningPortal } from '@samenhang/portal-server';
import { readHealth, ServiceCalls } from '@samenhang/service-calls';
import type { ServiceName } from '@samenhang/service-kit';
import { calls } from './calls.js';
import type { OperatorAccount } from './operator-account.js';

export interface ConsoleOptions {
  readonly port: number;
  readonly host?: string;
  /** Address people use; with https, cookies are sent over TLS only. */
  readonly publicUrl?: string;
  readonly accounts: readonly OperatorAccount[];
  readonly tokens: AccessTokens;
  readonly urlOf: (service: ServiceName) => string;
  /** Where the built pages lie; beside this package's own build when left out. */
  readonly webFolder?: string;
}

export type RunningConsole = RunningPortal;

/** Starts the console of those who connect sources. Resolves once it accepts requests. */
export function startConsole(options: ConsoleOptions): Promise<RunningConsole> {
  return startPortal<OperatorAccount>({
    name: 'console',
    webFolder: options.webFolder ?? fileURLToPath(new URL('../dist/web', import.meta.url)),
    port: options.port,
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.publicUrl === undefined ? {} : { publicUrl: options.publicUrl }),
    describeSession: ({ name, organisation, organisationName }) => ({ name, organisation, organisationName }),
    addRoutes: (routes) => addRoutes(routes, options),
  });
}

function addRoutes(routes: PortalRoutes<OperatorAccount>, { accounts, tokens, urlOf }: ConsoleOptions): void {
  const known = new Accounts(accounts);
  const services = new ServiceCalls(tokens, urlOf);
  routes.open('POST', '/session', (call) => {
    const { login, password } = (call.body ?? {}) as Record<string, unknown>;
    routes.startSession(call, known.enter(login, password));
  });
  routes.guarded('GET', '/health', () => readHealth(urlOf));
  for (const call of calls)
    routes.guarded(call.method, call.path, ({ session, ...asked }) =>
      services.make(call, session.organisation, asked),
    );
}
