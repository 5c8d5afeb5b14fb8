import { Readable } from 'node:stream';
import { Body, Controller, Headers, HttpCode, Inject, Post, Res, StreamableFile } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { fhirJson } from '@samenhang/fhir-http';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import type { FastifyReply } from 'fastify';
import { SearchService } from '../search/search.service.js';
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
    @Inject(SearchService) private readonly searches: SearchService,
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
    const { includes, dedupe, count, ...request } = readViewRequest(body, this.own.find(identity));
    const question = { ...call, ...request, mayRetry: true };
    void reply.header('cache-control', 'no-store');
    const wanted = { includes, dedupe };
    if (wantsStream(headers['accept'])) {
      if (count !== undefined) throw new Failure('malformed', 'A stream has no pages: leave _count out');
      const lines = await this.views.stream(question, wanted);
      void reply.header('x-accel-buffering', 'no');
      return new StreamableFile(Readable.from(lines), { type: ndjson });
    }
    void reply.type(fhirJson);
    if (count !== undefined) return this.searches.everything(question, wanted, count);
    return this.views.view(question, wanted);
  }
}
