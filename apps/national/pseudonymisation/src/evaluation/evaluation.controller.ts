import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { PseudonymisationConfiguration } from '../pseudonymisation.configuration.js';
import { readBatchBody, readEvaluationBody, readGuideBody } from './evaluation-request.js';
import { EvaluationService } from './evaluation.service.js';
import { toJson, type EvaluationJson, type VerificationJson } from './evaluation-json.js';

/** The two spellings in the field: `/oprf/eval` of the running service, `/evaluate` of the national guide. */
@Controller()
@RequireScopes('prs:evaluate')
export class EvaluationController {
  constructor(
    private readonly evaluations: EvaluationService,
    private readonly configuration: PseudonymisationConfiguration,
  ) {}

  @Post('oprf/eval')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async evaluate(@Body() body: unknown, @Identity() identity: VerifiedIdentity): Promise<EvaluationJson> {
    return toJson(await this.evaluations.evaluate(readEvaluationBody(body), identity));
  }

  @Post('evaluate')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async evaluateAsGuide(
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<{ evaluated_output: string; verification?: VerificationJson }> {
    const { jwe, ...rest } = toJson(await this.evaluations.evaluate(readGuideBody(body), identity));
    return { evaluated_output: jwe, ...rest };
  }

  /** Many points in one sealed answer: what costs most, sealing and opening, is done once. */
  @Post('oprf/eval-batch')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async evaluateBatch(
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<EvaluationJson> {
    const request = readBatchBody(body, this.configuration.batchSize);
    return toJson(await this.evaluations.evaluate(request, identity));
  }
}
