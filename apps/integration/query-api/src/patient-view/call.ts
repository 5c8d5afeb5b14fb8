import { Failure } from '@samenhang/errors';
import type { VerifiedIdentity } from '@samenhang/identity';
import type { FastifyReply } from 'fastify';
import { continueTrace } from './trace-context.js';

/** Who calls, in which trace, and until when somebody waits. */
export interface Call {
  readonly identity: VerifiedIdentity;
  readonly traceparent: string;
  readonly signal: AbortSignal;
}

export function callOf(
  identity: VerifiedIdentity,
  traceparent: string | undefined,
  reply: FastifyReply,
): Call {
  return { identity, traceparent: continueTrace(traceparent), signal: goneSignal(reply) };
}

/** Aborts when the caller hangs up before the answer is complete, so that no source works for nobody. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort(new Failure('unavailable', 'The caller has gone'));
  });
  return controller.signal;
}
