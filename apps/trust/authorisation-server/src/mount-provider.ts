import type { IncomingMessage } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ClientCertificates } from '@samenhang/identity';
import { Provider } from 'oidc-provider';
import { ClientDirectory } from './tokens/client-directory.js';
import { readForm, toLibraryForm, withBody } from './wallets/wallet-request.js';

const routes = [
  { method: 'POST', url: '/token' },
  { method: 'GET', url: '/.well-known/openid-configuration' },
] as const;

/** Hands these routes to the authorisation server library, which reads the request body itself. */
export async function mountProvider(app: NestFastifyApplication): Promise<void> {
  const provider = app.get(Provider);
  const certificates = app.get(ClientCertificates);
  const handle = provider.callback();
  const issuer = new URL(provider.issuer);
  const clients = app.get(ClientDirectory);
  const forward = async (request: IncomingMessage): Promise<IncomingMessage | undefined> => {
    addressToIssuer(request, issuer);
    if (request.method !== 'POST') return request;
    const form = await readForm(request);
    return form === undefined ? undefined : withBody(request, toLibraryForm(form, clients));
  };
  // Believes the forwarding headers below, which are ours.
  provider.proxy = true;
  await app
    .getHttpAdapter()
    .getInstance()
    .register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
      for (const route of routes) {
        scope.route({
          ...route,
          handler: (request, reply) => {
            if (certificates.isSpoofed(request.raw)) return reply.code(401).send({ error: 'invalid_client' });
            reply.hijack();
            void forward(request.raw).then((forwarded) => {
              if (forwarded === undefined) reply.raw.writeHead(413).end();
              else void handle(forwarded, reply.raw);
            });
            return reply;
          },
        });
      }
    });
}

/**
 * The library takes its own address from the request: for `htu` of a proof and `aud` of a client assertion. What a caller
 * writes in `Host` must not decide that, or an assertion made for another server could be used here.
 */
function addressToIssuer(request: IncomingMessage & { originalUrl?: string }, issuer: URL): void {
  request.headers['host'] = issuer.host;
  request.headers['x-forwarded-host'] = issuer.host;
  request.headers['x-forwarded-proto'] = issuer.protocol.slice(0, -1);
  request.originalUrl = `${issuer.pathname.replace(/\/$/, '')}${request.url ?? ''}`;
}
