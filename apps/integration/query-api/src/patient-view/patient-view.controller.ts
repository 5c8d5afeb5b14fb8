import { Body, Controller, Headers, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import type { FastifyReply } from 'fastify';
import { stringifyExact } from '../sources/exact-json.js';
import { callOf } from './call.js';
import { PatientViewService } from './patient-view.service.js';
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
    const call = callOf(identity, traceparent, reply);
    const { bsn, categories, query, includes } = readViewRequest(body);
    const question = { ...call, bsn, query, ...(categories === undefined ? {} : { categories }) };
    const bundle = await this.views.view(question, { includes });
    void reply.header('cache-control', 'no-store').type('application/fhir+json; charset=utf-8');
    return stringifyExact(bundle);
  }
}
