import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Failure } from '@samenhang/errors';
import { ServiceEnvironment } from '@samenhang/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccessTokenVerifier } from './access-token-verifier.js';
import { AuthenticationError } from './authentication-error.js';
import { AUDIENCE, PUBLIC_ROUTE, REQUIRED_SCOPES, type AudienceOf } from './decorators.js';
import type { VerifiedIdentity } from './verified-identity.js';

type GuardedRequest = FastifyRequest & { identity?: VerifiedIdentity };

/**
 * Admits a request only with a valid token that carries the scopes its handler asks for. A handler that asks for
 * nothing and is not marked public is refused: forgetting a decorator closes a route, it never opens one.
 */
@Injectable()
export class IdentityGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly verifier: AccessTokenVerifier,
    private readonly environment: ServiceEnvironment,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    // Events come from the service's own log, in which only services can write.
    if (context.getType() !== 'http') return true;
    const admission = this.#admissionOf(context);
    if (admission === 'public') return true;
    const http = context.switchToHttp();
    const request = http.getRequest<GuardedRequest>();
    const reply = http.getResponse<FastifyReply>();
    const identity = await this.#authenticate(request, reply, this.#audienceOf(context, request));
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

  #admissionOf(context: ExecutionContext): readonly string[] | 'public' {
    for (const target of [context.getHandler(), context.getClass()]) {
      const required = this.reflector.get<readonly string[] | undefined>(REQUIRED_SCOPES, target);
      if (required !== undefined && required.length > 0) return required;
      if (this.reflector.get<boolean | undefined>(PUBLIC_ROUTE, target) === true) return 'public';
    }
    throw new Failure('forbidden', 'This route admits nobody');
  }

  #audienceOf(context: ExecutionContext, request: GuardedRequest): string {
    const audienceOf = this.reflector.getAllAndOverride<AudienceOf | undefined>(AUDIENCE, [
      context.getHandler(),
      context.getClass(),
    ]);
    const { publicUrl } = this.environment;
    return audienceOf?.(publicUrl, (request.params ?? {}) as Record<string, string>) ?? publicUrl;
  }

  async #authenticate(
    request: GuardedRequest,
    reply: FastifyReply,
    audience: string,
  ): Promise<VerifiedIdentity> {
    const [path = '/'] = request.url.split('?', 1);
    try {
      return await this.verifier.verify({
        authorization: request.headers.authorization,
        proof: request.headers['dpop'],
        method: request.method,
        url: `${this.environment.publicUrl}${path}`,
        audience,
      });
    } catch (error) {
      if (!(error instanceof AuthenticationError)) throw error;
      void reply.header('www-authenticate', error.challenge);
      throw new Failure('unauthenticated', error.message, { cause: error });
    }
  }
}
