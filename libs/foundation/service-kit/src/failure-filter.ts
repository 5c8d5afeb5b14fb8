import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import {
  Failure,
  failureKinds,
  toFailure,
  toOperationOutcome,
  toProblemDetails,
  type FailureKind,
} from '@samenhang/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

/** Turns anything thrown into the documented answer: an OperationOutcome on FHIR routes, problem details elsewhere. */
@Catch()
export class FailureFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    // Event handlers let the log decide what to do with a failure.
    if (host.getType() !== 'http') throw thrown;
    const http = host.switchToHttp();
    sendFailure(
      asFailure(thrown),
      http.getRequest<FastifyRequest>(),
      http.getResponse<FastifyReply>(),
      this.logger,
    );
  }
}

/** Also used for what fails before Nest sees the request: body parsing, limits. */
export function sendFailure(
  failure: Failure,
  request: FastifyRequest,
  reply: FastifyReply,
  logger: Logger,
): void {
  if (failure.status >= 500)
    logger.error({ error: failure, route: request.routeOptions?.url }, 'request failed');
  const fhir = request.url.split('?', 1)[0]?.split('/').includes('fhir') ?? false;
  void reply.code(failure.status);
  if (failure.kind === 'unauthenticated' && !reply.hasHeader('www-authenticate'))
    void reply.header('www-authenticate', 'DPoP algs="ES256 EdDSA"');
  if (failure.retryAfterSeconds !== undefined)
    void reply.header('retry-after', String(failure.retryAfterSeconds));
  void reply
    .header('cache-control', 'no-store')
    .type(fhir ? 'application/fhir+json; charset=utf-8' : 'application/problem+json; charset=utf-8')
    .send(JSON.stringify(fhir ? toOperationOutcome(failure) : toProblemDetails(failure)));
}

export function asFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  const status =
    thrown instanceof HttpException
      ? thrown.getStatus()
      : (thrown as { statusCode?: unknown } | null)?.statusCode;
  const kind = typeof status === 'number' ? kindOfStatus(status) : undefined;
  return kind === undefined || kind === 'internal'
    ? toFailure(thrown)
    : new Failure(kind, undefined, { cause: thrown });
}

function kindOfStatus(status: number): FailureKind | undefined {
  const kinds = Object.keys(failureKinds) as FailureKind[];
  return kinds.find((kind) => failureKinds[kind].status === status);
}
