import { fileURLToPath } from 'node:url';
import { SamenhangClient, SamenhangFailure } from '@samenhang/client';
import { startPortal, type PortalRoutes, type RunningPortal } from '@samenhang/portal-server';
import { addFileRoutes } from './documents/file-routes.js';
import { DemoSignIn, type DemoSignInOptions } from './demo-sign-in.js';
import { ProfessionalSession } from './professional-session.js';
import { shownView } from './shown-view.js';
import { readViewQuestion } from './view-question.js';

export interface ViewerOptions extends DemoSignInOptions {
  readonly port: number;
  readonly host?: string;
  /** Address people use; with https, cookies are sent over TLS only. */
  readonly publicUrl?: string;
  readonly queryApiUrl: string;
  /** Where the built pages lie; beside this package's own build when left out. */
  readonly webFolder?: string;
}

export type RunningViewer = RunningPortal;

/** Starts the example application. Resolves once it accepts requests. */
export function startViewer(options: ViewerOptions): Promise<RunningViewer> {
  const signIn = new DemoSignIn(options);
  return startPortal<ProfessionalSession>({
    name: 'viewer',
    webFolder: options.webFolder ?? fileURLToPath(new URL('../dist/web', import.meta.url)),
    port: options.port,
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.publicUrl === undefined ? {} : { publicUrl: options.publicUrl }),
    describeSession: ({ professional }) => professional,
    addRoutes: (routes) => addRoutes(routes, signIn, options.queryApiUrl),
  });
}

function addRoutes(routes: PortalRoutes<ProfessionalSession>, signIn: DemoSignIn, queryApiUrl: string): void {
  routes.open('GET', '/professionals', () => signIn.professionals());

  routes.open('POST', '/session', async (call) => {
    const { deziNumber } = (call.body ?? {}) as Record<string, unknown>;
    const professional = (await signIn.professionals()).find((one) => one.deziNumber === deziNumber);
    if (professional === undefined) throw new SamenhangFailure('invalid', 'Choose a professional');
    routes.startSession(call, new ProfessionalSession(professional, signIn));
  });

  routes.guarded('POST', '/view', async ({ session, body, signal }) => {
    const { bsn, purpose, retry } = readViewQuestion(body);
    const client = new SamenhangClient({ baseUrl: queryApiUrl, tokens: session.tokensFor(purpose) });
    return shownView(client.streamView(bsn, { signal, ...(retry === undefined ? {} : { retry }) }));
  });

  addFileRoutes(routes, queryApiUrl);
}
