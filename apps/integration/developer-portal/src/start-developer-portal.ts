import { fileURLToPath } from 'node:url';
import type { TokenSource } from '@samenhang/client';
import {
  addSignIn,
  startPortal,
  type PortalRoutes,
  type RunningPortal,
  type SignInWays,
} from '@samenhang/portal-server';
import { readHealth, type PortalSurroundings } from '@samenhang/service-calls';
import type { JWK } from 'jose';
import type { Developer } from './developer.js';
import { developmentTokens } from './development-tokens.js';
import { makeTrial } from './make-trial.js';
import { fetchDocument, publishedDocuments } from './published-documents.js';
import { readTrial } from './trial.js';

export interface DeveloperPortalOptions extends Pick<PortalSurroundings, 'port' | 'publicUrl' | 'urlOf'> {
  readonly host?: string;
  readonly clientId: string;
  readonly clientKey: JWK;
  readonly signIn: SignInWays<Developer>;
  /** Where the built pages lie; beside this package's own build when left out. */
  readonly webFolder?: string;
}

interface DeveloperSession {
  readonly developer: Developer;
  readonly tokens: TokenSource;
}

/** Starts the portal of those who build on the platform. Resolves once it accepts requests. */
export function startDeveloperPortal(options: DeveloperPortalOptions): Promise<RunningPortal> {
  return startPortal<DeveloperSession>({
    name: 'developer',
    webFolder: options.webFolder ?? fileURLToPath(new URL('../dist/web', import.meta.url)),
    port: options.port,
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.publicUrl === undefined ? {} : { publicUrl: options.publicUrl }),
    describeSession: ({ developer: { name, organisation } }) => ({ name, organisation }),
    addRoutes: (routes) => addRoutes(routes, options),
  });
}

function addRoutes(routes: PortalRoutes<DeveloperSession>, options: DeveloperPortalOptions): void {
  const { urlOf } = options;
  addSignIn(routes, options.signIn, (developer) => ({
    developer,
    tokens: developmentTokens(options, developer),
  }));
  routes.open('GET', '/documents', () => publishedDocuments.map(({ service, kind }) => ({ service, kind })));
  routes.open('GET', '/documents/:kind/:service', ({ parameters }) =>
    fetchDocument(parameters['kind'], parameters['service'], urlOf),
  );
  // To anybody whether a service answers, to nobody how much is in it.
  routes.open('GET', '/status', async () =>
    (await readHealth(urlOf)).map(({ service, state }) => ({ service, state })),
  );
  routes.guarded('POST', '/trials', async ({ session, body }) => {
    const trial = readTrial(body, await fetchDocument('openapi', 'query-api', urlOf));
    return makeTrial(urlOf('query-api'), trial, session.tokens);
  });
}
