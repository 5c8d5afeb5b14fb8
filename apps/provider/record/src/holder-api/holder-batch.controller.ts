import { Body, Controller, Header, Headers, HttpCode, Param, Post } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { fhirJson, type Searchset } from '@samenhang/fhir-http';
import { Audience, Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { readBatch, writeBatch, type Batch } from './batch.js';
import { HolderAccessService, type Caller } from './holder-access.service.js';
import { Tenants } from './tenants.js';
import { findTraceParent } from './trace-parent.js';

/** Several searches about one patient in one request: one round of consent, one entry in the trail. */
@Controller('tenants/:ura/fhir')
@Audience((publicUrl, { ura }) => `${publicUrl}/tenants/${ura}/fhir`)
export class HolderBatchController {
  constructor(
    private readonly access: HolderAccessService,
    private readonly tenants: Tenants,
    private readonly environment: ServiceEnvironment,
  ) {}

  @RequireScopes('holder:read')
  @Post()
  @HttpCode(200)
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  async batch(
    @Param('ura') ura: string,
    @Body() body: unknown,
    @Headers('traceparent') traceparent: string | undefined,
    @Headers('prefer') prefer: string | undefined,
    @Identity() identity: VerifiedIdentity,
  ): Promise<string> {
    const tenant = this.tenants.get(ura);
    const base = `${this.environment.publicUrl}/tenants/${tenant.ura}/fhir`;
    const batch = readBatch(body, { base, prefer });
    const caller = { tenant, identity, traceparent: findTraceParent(traceparent) };
    return writeBatch(batch.kind, await this.#answer(caller, batch));
  }

  async #answer(caller: Caller, { kind, steps }: Batch): Promise<(Searchset | Failure)[]> {
    const questions = steps.flatMap((step) => (step.kind === 'search' ? [step.question] : []));
    const found = [...(await this.access.searchAll(caller, questions))];
    const results = steps.flatMap((step) => (step.kind === 'failed' ? [step.failure] : found.splice(0, 1)));
    const failure = results.find((result) => result instanceof Failure);
    if (kind === 'transaction' && failure !== undefined) throw failure;
    return results;
  }
}
