import { Body, Controller, Headers, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import type { FastifyReply } from 'fastify';
import { stringifyExact } from '../sources/exact-json.js';
import { PatientViewService } from './patient-view.service.js';
import { continueTrace } from './trace-context.js';
import { readViewRequest } from './view-request.js';

/** The FHIR R4 operation by which an application asks for everything about one patient. */
@Controller('fhir/Patient')
export class PatientViewController {
  constructor(@Inject(PatientViewService) private readonly views: PatientViewService) {}

  @Post('$everything')
  @HttpCode(200)
  @RequireScopes('view:read')
  async everything(
    @Body() body: unknown,
    @Headers('traceparent') traceparent: string | undefined,
    @Identity() identity: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const bundle = await this.views.view({
      bsn: readViewRequest(body),
      identity,
      traceparent: continueTrace(traceparent),
      signal: goneSignal(reply),
    });
    void reply.header('cache-control', 'no-store').type('application/fhir+json; charset=utf-8');
    return stringifyExact(bundle);
  }
}

/** Aborts when the caller hangs up before the answer is complete, so that no source works for nobody. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort(new Failure('unavailable', 'The caller has gone'));
  });
  return controller.signal;
}
