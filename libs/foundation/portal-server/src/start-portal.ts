import cookies from '@fastify/cookie';
import files from '@fastify/static';
import { Failure, failureKinds, toFailure, toProblemDetails, type FailureKind } from '@samenhang/errors';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { answer, type PortalHandler, type PortalRoutes } from './portal-routes.js';
import { foreignFilePolicy, securityHeaders } from './security-headers.js';
import { WayBack } from './sign-in-elsewhere.js';
import { isSameToken, Sessions, type SessionLimits } from './sessions.js';

export interface PortalOptions<Data> {
  /** Names the cookie. */
  readonly name: string;
  /** Where the built pages lie: `index.html` and `assets/`. */
  readonly webFolder: string;
  readonly port: number;
  readonly host?: string;
  /** Address people use. With https the cookie is sent over TLS only; without it the portal serves one machine. */
  readonly publicUrl?: string;
  readonly sessionLimits?: Partial<SessionLimits>;
  /** What the browser may know of a session. */
  readonly describeSession: (data: Data) => unknown;
  readonly addRoutes: (routes: PortalRoutes<Data>) => void;
}

export interface RunningPortal {
  readonly url: string;
  close(): Promise<void>;
}

const MAXIMUM_BODY_BYTES = 1_000_000;
const POLICY = 'content-security-policy';

/**
 * Serves a browser application and is its only way to the services behind it: tokens stay here, the browser has a cookie
 * that scripts cannot read (backend for frontend). Resolves once it accepts requests.
 */
export async function startPortal<Data>(options: PortalOptions<Data>): Promise<RunningPortal> {
  const server = Fastify({ bodyLimit: MAXIMUM_BODY_BYTES, forceCloseConnections: true });
  server.addHook('onSend', async (_request, reply) => {
    const isForeignFile = reply.getHeader(POLICY) === foreignFilePolicy;
    void reply.headers({ ...securityHeaders, ...(isForeignFile ? { [POLICY]: foreignFilePolicy } : {}) });
  });
  server.setErrorHandler((error, _request, reply) => sendProblem(asFailure(error), reply));
  server.setNotFoundHandler((request, reply) => sendPageOrProblem(request, reply));
  await server.register(cookies);
  await server.register(files, {
    root: options.webFolder,
    preCompressed: true,
    index: 'index.html',
    cacheControl: false,
    setHeaders: (reply, path) => {
      // Names in assets/ carry the hash of their content.
      const isHashed = /[\\/]assets[\\/]/.test(path);
      void reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-store');
    },
  });
  server.get('/health/live', () => ({ status: 'live' }));
  server.get('/health/ready', () => ({ status: 'ready' }));
  addApi(server, options);
  const { port, host = '127.0.0.1' } = options;
  const url = await server.listen({ port, host });
  return { url, close: () => server.close() };
}

function addApi<Data>(server: FastifyInstance, options: PortalOptions<Data>): void {
  const sessions = new Sessions<Data>(options.sessionLimits);
  const isSecure = options.publicUrl?.startsWith('https:') ?? false;
  const cookieName = `${isSecure ? '__Host-' : ''}${options.name}-session`;
  const cookie = { path: '/', httpOnly: true, sameSite: 'strict', secure: isSecure } as const;
  const sessionOf = (request: FastifyRequest) => sessions.use(request.cookies[cookieName]);

  /** Registers one route, behind its checks. */
  const add = (
    method: string,
    path: string,
    handle: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>,
  ) =>
    server.route({
      method,
      url: `/api${path}`,
      handler: async (request, reply) => {
        void reply.header('cache-control', 'no-store');
        if (method !== 'GET') refuseOtherSites(request);
        return handle(request, reply);
      },
    });

  const routes: PortalRoutes<Data> = {
    open: (method, path, handler) =>
      add(method, path, (request, reply) => answer(handler, sessionOf(request)?.data, request, reply)),
    guarded: (method, path, handler: PortalHandler<Data>) =>
      add(method, path, (request, reply) => {
        const session = sessionOf(request);
        if (session === undefined) throw new Failure('unauthenticated', 'Sign in first');
        if (method !== 'GET' && !isSameToken(session.csrfToken, request.headers['x-csrf-token']))
          throw new Failure('forbidden', 'The request lacks the token of its session');
        return answer(handler, session.data, request, reply);
      }),
    startSession: ({ reply }, data) => {
      sessions.end(reply.request.cookies[cookieName]);
      void reply.setCookie(cookieName, sessions.start(data), cookie);
    },
    signInElsewhere: (signIn) => {
      const way = new WayBack(options.name, isSecure, signIn);
      routes.open('GET', '/sign-in', ({ reply }) => way.leave(reply));
      routes.open('GET', '/return', ({ reply }) =>
        way.comeBack(reply.request, reply, (data) => routes.startSession({ reply }, data)),
      );
    },
  };

  routes.open('GET', '/session', ({ reply }) => {
    const session = sessionOf(reply.request);
    if (session === undefined) return { user: null };
    return { user: options.describeSession(session.data), csrfToken: session.csrfToken };
  });
  routes.guarded('DELETE', '/session', ({ reply }) => {
    sessions.end(reply.request.cookies[cookieName]);
    void reply.clearCookie(cookieName, cookie);
  });
  options.addRoutes(routes);
}

/** A page of another site must not act in the name of whoever has this one open. */
function refuseOtherSites({ headers, host, protocol }: FastifyRequest): void {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin')
    throw new Failure('forbidden', 'The request must be sent from this page');
  if (headers.origin !== undefined && new URL(headers.origin).host !== new URL(`${protocol}://${host}`).host)
    throw new Failure('forbidden', 'The request must be sent from this page');
}

/** Addresses within the application are its own to read; those of the API and of files are not. */
function sendPageOrProblem(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = request.url.split('?', 1)[0] ?? '';
  const isPage = request.method === 'GET' && !path.startsWith('/api/') && !/\.[a-z0-9]+$/i.test(path);
  return isPage
    ? reply.sendFile('index.html')
    : sendProblem(new Failure('not-found', 'There is nothing here'), reply);
}

function sendProblem(failure: Failure, reply: FastifyReply): FastifyReply {
  return reply
    .code(failure.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(toProblemDetails(failure)));
}

/** What Fastify itself refuses keeps its status. */
function asFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  const { statusCode } = (thrown ?? {}) as { statusCode?: number };
  const kinds = Object.keys(failureKinds) as FailureKind[];
  const kind = kinds.find((name) => failureKinds[name].status === statusCode);
  return kind === undefined || kind === 'internal'
    ? toFailure(thrown)
    : new Failure(kind, 'The request cannot be read');
}
