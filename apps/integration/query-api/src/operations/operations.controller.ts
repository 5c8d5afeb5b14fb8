import { Body, Controller, Header, Headers, HttpCode, Post, Res } from '@nestjs/common';
import { fhirJson } from '@samenhang/fhir-http';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { ServiceEnvironment } from '@samenhang/service-kit';
import type { FastifyReply } from 'fastify';
import { QueryApiConfiguration } from '../configuration.js';
import { callOf } from '../patient-view/call.js';
import { OwnPerson } from '../patient-view/own-person.js';
import { PatientViewService } from '../patient-view/patient-view.service.js';
import { readPerson } from '../patient-view/view-request.js';
import { restrictionOf } from '../scopes/smart-scopes.js';
import { answerSummary } from '../summary/summary.js';
import { answerBgz, bgzCategories, bgzOthers, bgzQuestions, writeBgz } from './bgz.js';

/** Operations on a person that are more than a search. */
@Controller('fhir/Patient')
@RequireScopes('view:read')
export class OperationsController {
  constructor(
    private readonly views: PatientViewService,
    private readonly configuration: QueryApiConfiguration,
    private readonly environment: ServiceEnvironment,
    private readonly own: OwnPerson,
  ) {}

  @Post('$bgz')
  @HttpCode(200)
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  async bgz(
    @Body() body: unknown,
    @Headers('traceparent') traceparent: string | undefined,
    @Identity() identity: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const bsn = readPerson(body, this.own.find(identity));
    const questions = bgzQuestions(bsn);
    const asked = {
      ...callOf(identity, traceparent, reply),
      bsn,
      query: 'Patient/$bgz',
      categories: bgzCategories(questions),
      others: bgzOthers(questions),
    };
    const settings = {
      base: `${this.environment.publicUrl}/fhir`,
      revealRefused: this.configuration.revealRefusedSources,
    };
    return writeBgz(await this.views.answer(asked, (view) => answerBgz(view, questions, settings)));
  }

  @Post('$summary')
  @HttpCode(200)
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  async summary(
    @Body() body: unknown,
    @Headers('traceparent') traceparent: string | undefined,
    @Identity() identity: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const bsn = readPerson(body, this.own.find(identity));
    const settings = {
      bsn,
      revealRefused: this.configuration.revealRefusedSources,
      isNarrowed: restrictionOf(identity.scopes) !== undefined,
    };
    const asked = { ...callOf(identity, traceparent, reply), bsn, query: 'Patient/$summary' };
    const { document } = await this.views.answer(asked, (view) => answerSummary(view, settings));
    return document;
  }
}
