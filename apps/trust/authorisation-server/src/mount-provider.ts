import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Provider } from 'oidc-provider';

const routes = [
  { method: 'POST', url: '/token' },
  { method: 'GET', url: '/jwks' },
  { method: 'GET', url: '/.well-known/openid-configuration' },
] as const;

/** Hands these routes to the authorisation server library, which reads the request body itself. */
export async function mountProvider(app: NestFastifyApplication): Promise<void> {
  const handle = app.get(Provider).callback();
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
            reply.hijack();
            void handle(request.raw, reply.raw);
          },
        });
      }
    });
}
