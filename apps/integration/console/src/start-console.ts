import { fileURLToPath } from 'node:url';
import type { Ura } from '@samenhang/data-model';
import type { AccessTokens } from '@samenhang/identity';
import {
  addSignIn,
  peopleOf,
  startPortal,
  type PortalRoutes,
  type RunningPortal,
  type SignInWays,
} from '@samenhang/portal-server';
import { readHealth, ServiceCalls, type ServiceHealth } from '@samenhang/service-calls';
import type { ServiceName } from '@samenhang/service-kit';
import { calls, listSources } from './calls.js';
import { moveTo, type Operator, type OperatorSession } from './operator.js';
import { outsideServicesOf } from './outside-services.js';
import type { SourceFigures } from './source-history.js';
import { SourceWatch } from './source-watch.js';

export interface ConsoleOptions {
  readonly port: number;
  readonly host?: string;
  /** Address people use; with https, cookies are sent over TLS only. */
  readonly publicUrl?: string;
  readonly signIn: SignInWays<Operator>;
  readonly tokens: AccessTokens;
  readonly urlOf: (service: ServiceName) => string;
  /** How often it looks how sources do; every half minute when left out. */
  readonly lookEveryMs?: number;
  /** Where the built pages lie; beside this package's own build when left out. */
  readonly webFolder?: string;
}

export type RunningConsole = RunningPortal;

const LOOK_EVERY_MS = 30_000;

/** Starts the console of those who connect sources. Resolves once it accepts requests. */
export async function startConsole(options: ConsoleOptions): Promise<RunningConsole> {
  const services = new ServiceCalls(options.tokens, options.urlOf);
  const watch = new SourceWatch(
    organisationsOf(peopleOf(options.signIn)),
    (organisation) => lookAtSources(services, organisation),
    options.lookEveryMs ?? LOOK_EVERY_MS,
  );
  const portal = await startPortal<OperatorSession>({
    name: 'console',
    webFolder: options.webFolder ?? fileURLToPath(new URL('../dist/web', import.meta.url)),
    port: options.port,
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.publicUrl === undefined ? {} : { publicUrl: options.publicUrl }),
    describeSession,
    addRoutes: (routes) => addRoutes(routes, options, services, watch),
  });
  void watch.start();
  return {
    url: portal.url,
    close: () => {
      watch.close();
      return portal.close();
    },
  };
}

function organisationsOf(operators: readonly Operator[]): Ura[] {
  return [...new Set(operators.flatMap(({ organisations }) => organisations.map(({ ura }) => ura)))];
}

async function lookAtSources(services: ServiceCalls, organisation: Ura): Promise<SourceFigures[]> {
  const { sources } = (await services.make(listSources, organisation, nothing)) as {
    sources: { id: string; displayName?: string; figures?: Omit<SourceFigures, 'id' | 'displayName'> }[];
  };
  return sources.flatMap(({ id, displayName, figures }) =>
    figures === undefined ? [] : [{ ...figures, id, ...(displayName === undefined ? {} : { displayName }) }],
  );
}

const nothing = { parameters: {}, query: {}, body: undefined } as const;

function describeSession({ operator, organisation }: OperatorSession): object {
  return {
    name: operator.name,
    organisation: organisation.ura,
    organisationName: organisation.name,
    organisations: operator.organisations,
  };
}

function addRoutes(
  routes: PortalRoutes<OperatorSession>,
  { signIn, urlOf }: ConsoleOptions,
  services: ServiceCalls,
  watch: SourceWatch,
): void {
  addSignIn(routes, signIn, (operator) => ({ operator, organisation: operator.organisations[0] }));
  routes.guarded('POST', '/organisation', (call) => {
    const { ura } = (call.body ?? {}) as Record<string, unknown>;
    routes.startSession(call, moveTo(call.session, ura));
  });
  routes.guarded('GET', '/organisations', ({ session }) => ({
    organisations: session.operator.organisations.map((organisation) => ({
      ...organisation,
      sources: watch
        .of(organisation.ura)
        .map(({ id, waiting, quarantined }) => ({ id, waiting, quarantined })),
    })),
  }));
  routes.guarded('GET', '/flow', ({ session }) => ({ sources: watch.of(session.organisation.ura) }));
  routes.guarded('GET', '/health', async ({ session }) => {
    const health = await readHealth(urlOf);
    return {
      services: health.map((one) => withoutOthers(one, session.organisation.ura)),
      outside: outsideServicesOf(health),
    };
  });
  for (const call of calls)
    routes.guarded(call.method, call.path, ({ session, ...asked }) =>
      services.make(call, session.organisation.ura, asked),
    );
}

/** A problem with a source of another care provider is not theirs to see. */
function withoutOthers(health: ServiceHealth, organisation: Ura): ServiceHealth {
  const problems = health.problems.filter(
    ({ source }) => source === undefined || source.startsWith(`${organisation}/`),
  );
  return { ...health, problems };
}
