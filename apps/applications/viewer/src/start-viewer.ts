import { SamenhangClient, SamenhangFailure } from '@samenhang/client';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { DemoSignIn, type DemoSignInOptions } from './demo-sign-in.js';
import { errorPage, styleSheet } from './pages/layout.js';
import { startPage } from './pages/start-page.js';
import { viewPage } from './pages/view-page.js';

export interface ViewerOptions extends DemoSignInOptions {
  readonly port: number;
  readonly host?: string;
  readonly queryApiUrl: string;
}

export interface RunningViewer {
  readonly url: string;
  close(): Promise<void>;
}

const MAXIMUM_FORM_BYTES = 4_096;

/** Nothing but our own style sheet is loaded, nothing runs, nobody frames or caches a page with patient data. */
const headers = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** Starts the example application. Resolves once it accepts requests. */
export async function startViewer(options: ViewerOptions): Promise<RunningViewer> {
  const server = Fastify({ bodyLimit: MAXIMUM_FORM_BYTES, forceCloseConnections: true });
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  );
  server.addHook('onSend', async (_request, reply) => void reply.headers(headers));
  server.setErrorHandler(sendError);
  addRoutes(server, new DemoSignIn(options), options);
  const { port, host = '127.0.0.1' } = options;
  const url = await server.listen({ port, host });
  return { url, close: () => server.close() };
}

function addRoutes(server: FastifyInstance, signIn: DemoSignIn, { queryApiUrl }: ViewerOptions): void {
  server.get('/health/live', () => ({ status: 'live' }));
  server.get('/health/ready', () => ({ status: 'ready' }));
  server.get('/style.css', (_request, reply) => reply.type('text/css; charset=utf-8').send(styleSheet));
  server.get('/', async (_request, reply) => sendPage(reply, startPage(await signIn.professionals())));
  server.post('/view', async (request, reply) => {
    // A form on another site must not ask in the name of whoever has this page open.
    if (['cross-site', 'same-site'].includes(String(request.headers['sec-fetch-site'] ?? '')))
      throw new SamenhangFailure('forbidden', 'The form must be sent from this page');
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    const professionals = await signIn.professionals();
    const professional = professionals.find(({ deziNumber }) => deziNumber === form.get('professional'));
    if (professional === undefined)
      return sendPage(reply.code(400), startPage(professionals, 'Choose a professional.'));
    const tokens = signIn.tokensOf(professional, form.get('purpose') ?? '');
    const client = new SamenhangClient({ baseUrl: queryApiUrl, tokens });
    return sendPage(reply, viewPage(await client.patientView((form.get('bsn') ?? '').trim())));
  });
}

function sendPage(reply: FastifyReply, page: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(page);
}

/** Says what went wrong in the words of the API, which hold no patient data. */
function sendError(error: unknown, _request: unknown, reply: FastifyReply): FastifyReply {
  if (error instanceof SamenhangFailure) {
    return sendPage(
      reply.code(error.status),
      errorPage(
        error.message,
        error.issues.map(({ text }) => text),
      ),
    );
  }
  const { statusCode = 500 } = error as { statusCode?: number };
  const text = statusCode < 500 ? 'The request cannot be read.' : 'Something went wrong in the viewer.';
  return sendPage(reply.code(statusCode), errorPage(text));
}
