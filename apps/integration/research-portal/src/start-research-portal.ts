import { fileURLToPath } from 'node:url';
import { Failure } from '@samenhang/errors';
import {
  addSignIn,
  startPortal,
  type PortalRoutes,
  type RunningPortal,
  type SignInWays,
} from '@samenhang/portal-server';
import { ServiceCalls, type PortalSurroundings } from '@samenhang/service-calls';
import { calls, fileCalls } from './calls.js';
import { readCatalogue, type Catalogue } from './read-catalogue.js';
import { assertMay, type Researcher } from './researcher.js';

export interface ResearchPortalOptions extends Omit<PortalSurroundings, 'host' | 'openId'> {
  readonly host?: string;
  readonly signIn: SignInWays<Researcher>;
  /** Where the built pages lie; beside this package's own build when left out. */
  readonly webFolder?: string;
}

const CATALOGUE_TIMEOUT_MS = 30_000;

/** Starts the portal of researchers, assessors and checkers. Resolves once it accepts requests. */
export function startResearchPortal(options: ResearchPortalOptions): Promise<RunningPortal> {
  return startPortal<Researcher>({
    name: 'research',
    webFolder: options.webFolder ?? fileURLToPath(new URL('../dist/web', import.meta.url)),
    port: options.port,
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.publicUrl === undefined ? {} : { publicUrl: options.publicUrl }),
    describeSession: ({ name, organisation, organisationName, roles }) => ({
      name,
      organisation,
      organisationName,
      roles,
    }),
    addRoutes: (routes) => addRoutes(routes, options),
  });
}

function addRoutes(routes: PortalRoutes<Researcher>, { signIn, tokens, urlOf }: ResearchPortalOptions): void {
  const services = new ServiceCalls(tokens, urlOf);
  addSignIn(routes, signIn, (researcher) => researcher);
  routes.open('GET', '/catalogue', () => fetchCatalogue(urlOf('secondary-use-api')));
  for (const call of calls)
    routes.guarded(call.method, call.path, ({ session, ...asked }) => {
      assertMay(session, call.scope);
      return services.make(call, session.organisation, asked);
    });
  for (const call of fileCalls)
    routes.guarded(call.method, call.path, async ({ session, ...asked }) => {
      assertMay(session, call.scope);
      return fileOf(await services.open(call, session.organisation, asked));
    });
}

/** It is public: no token goes with it. */
async function fetchCatalogue(base: string): Promise<Catalogue> {
  const response = await fetch(`${base}/catalogue`, {
    headers: { accept: 'application/ld+json' },
    signal: AbortSignal.timeout(CATALOGUE_TIMEOUT_MS),
  }).catch((cause: unknown) => {
    throw new Failure('unavailable', 'The catalogue cannot be reached', { cause });
  });
  if (!response.ok) throw new Failure('upstream', 'The catalogue cannot be read');
  return readCatalogue(await response.json());
}

/** The file as it came, with what says how to keep it and nothing else of the answer. */
function fileOf({ body, headers }: Response): Response {
  const kept = ['content-type', 'content-disposition'].flatMap((name): [string, string][] => {
    const value = headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  return new Response(body, { headers: [...kept, ['cache-control', 'no-store']] });
}
