import { Readable } from 'node:stream';
import { Body, Controller, Headers, HttpCode, Inject, Post, Res, StreamableFile } from '@nestjs/common';
import { fhirJson } from '@samenhang/fhir-http';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import type { FastifyReply } from 'fastify';
import { stringifyBundle } from '../sources/exact-json.js';
import { callOf } from './call.js';
import { OwnPerson } from './own-person.js';
import { PatientViewService } from './patient-view.service.js';
import { readViewRequest } from './view-request.js';
import { ndjson, wantsStream } from './view-stream.js';

/** The FHIR R4 operation by which an application asks for everything about one patient, at once or as it comes. */
@Controller('fhir/Patient')
export class PatientViewController {
  constructor(
    @Inject(PatientViewService) private readonly views: PatientViewService,
    @Inject(OwnPerson) private readonly own: OwnPerson,
  ) {}

  @Post('$everything')
  @HttpCode(200)
  @RequireScopes('view:read')
  async everything(
    @Body() body: unknown,
    @Headers() headers: Readonly<Record<string, string | undefined>>,
    @Identity() identity: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | StreamableFile> {
    const call = callOf(identity, headers['traceparent'], reply);
    const { includes, ...request } = readViewRequest(body, this.own.find(identity));
    const question = { ...call, ...request, mayRetry: true };
    void reply.header('cache-control', 'no-store');
    if (wantsStream(headers['accept'])) {
      const lines = await this.views.stream(question, { includes });
      void reply.header('x-accel-buffering', 'no');
      return new StreamableFile(Readable.from(lines), { type: ndjson });
    }
    const bundle = await this.views.view(question, { includes });
    void reply.type(fhirJson);
    return stringifyBundle(bundle);
  }
}
