import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Failure } from '@samenhang/errors';
import { ServiceEnvironment } from '@samenhang/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccessTokenVerifier } from './access-token-verifier.js';
import { AuthenticationError } from './authentication-error.js';
import { ClientCertificates, thumbprintOf } from './certificates/client-certificates.js';
import { AUDIENCE, PUBLIC_ROUTE, REQUIRED_SCOPES, type AudienceOf } from './decorators.js';
import type { VerifiedIdentity } from './verified-identity.js';

type GuardedRequest = FastifyRequest & { identity?: VerifiedIdentity };

interface Route {
  /** Scopes that a token must have; by default nobody is admitted. */
  readonly admission: readonly string[] | 'public' | 'nobody';
  readonly audienceOf: AudienceOf | undefined;
}

/**
 * Admits a request only with a valid token that carries the scopes its handler asks for. A handler that asks for
 * nothing and is not marked public is refused: forgetting a decorator closes a route, it never opens one.
 */
@Injectable()
export class IdentityGuard implements CanActivate {
  readonly #publicUrl: string;
  /** What decorators say of a route does not change; a handler may be inherited by several controllers. */
  readonly #routes = new WeakMap<object, WeakMap<object, Route>>();

  constructor(
    private readonly reflector: Reflector,
    private readonly verifier: AccessTokenVerifier,
    private readonly certificates: ClientCertificates,
    environment: ServiceEnvironment,
  ) {
    this.#publicUrl = environment.publicUrl;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    // Events come from the service's own log, in which only services can write.
    if (context.getType() !== 'http') return true;
    const { admission, audienceOf } = this.#routeOf(context);
    if (admission === 'nobody') throw new Failure('forbidden', 'This route admits nobody');
    if (admission === 'public') return true;
    const http = context.switchToHttp();
    const request = http.getRequest<GuardedRequest>();
    const reply = http.getResponse<FastifyReply>();
    const parameters = (request.params ?? {}) as Record<string, string>;
    const audience = audienceOf?.(this.#publicUrl, parameters) ?? this.#publicUrl;
    const identity = await this.#authenticate(request, reply, audience);
    const absent = admission.filter((scope) => !identity.scopes.has(scope));
    if (absent.length > 0) {
      void reply.header(
        'www-authenticate',
        `DPoP error="insufficient_scope", scope="${admission.join(' ')}"`,
      );
      throw new Failure('forbidden', `The access token lacks the scope ${absent.join(' ')}`);
    }
    request.identity = identity;
    return true;
  }

  #routeOf(context: ExecutionContext): Route {
    const [controller, handler] = [context.getClass(), context.getHandler()];
    const routes = this.#routes.get(controller) ?? new WeakMap<object, Route>();
    this.#routes.set(controller, routes);
    const route = routes.get(handler) ?? {
      admission: this.#readAdmission([handler, controller]),
      audienceOf: this.reflector.getAllAndOverride<AudienceOf | undefined>(AUDIENCE, [handler, controller]),
    };
    routes.set(handler, route);
    return route;
  }

  #readAdmission(targets: Parameters<Reflector['getAllAndOverride']>[1]): Route['admission'] {
    for (const target of targets) {
      const required = this.reflector.get<readonly string[] | undefined>(REQUIRED_SCOPES, target);
      if (required !== undefined && required.length > 0) return required;
      if (this.reflector.get<boolean | undefined>(PUBLIC_ROUTE, target) === true) return 'public';
    }
    return 'nobody';
  }

  async #authenticate(
    request: GuardedRequest,
    reply: FastifyReply,
    audience: string,
  ): Promise<VerifiedIdentity> {
    const [path = '/'] = request.url.split('?', 1);
    const certificate = this.certificates.find(request.raw);
    try {
      if (this.certificates.isSpoofed(request.raw))
        throw new AuthenticationError('invalid_token', 'A certificate is passed on by trusted proxies only');
      return await this.verifier.verify({
        authorization: request.headers.authorization,
        proof: request.headers['dpop'],
        method: request.method,
        url: `${this.#publicUrl}${path}`,
        audience,
        certificate: certificate && thumbprintOf(certificate),
      });
    } catch (error) {
      if (!(error instanceof AuthenticationError)) throw error;
      void reply.header('www-authenticate', error.challenge);
      throw new Failure('unauthenticated', error.message, { cause: error });
    }
  }
}
