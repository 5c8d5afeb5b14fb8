import { Body, Controller, Header, Headers, HttpCode, Param, Post } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { fhirJson, versionHeaders } from '@samenhang/fhir-http';
import { Audience, Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { readBatch, writeBatch, writeSearch, type Batch, type BatchResult } from './batch.js';
import { HolderAccessService, type Caller } from './holder-access.service.js';
import { Tenants } from './tenants.js';
import { findTraceParent } from './trace-parent.js';

/** Several searches and reads of one patient in one request: one round of consent for all searches, one entry in the trail. */
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

  async #answer(caller: Caller, { kind, steps }: Batch): Promise<BatchResult[]> {
    const questions = steps.flatMap((step) => (step.kind === 'search' ? [step.question] : []));
    const isWhole = kind === 'transaction';
    const found =
      questions.length === 0
        ? []
        : await this.#unlessWhole(isWhole, () => this.access.searchAll(caller, questions));
    let next = 0;
    const results: BatchResult[] = [];
    for (const step of steps) {
      if (step.kind === 'failed') results.push(step.failure);
      else if (step.kind === 'read')
        results.push(await this.#unlessWhole(isWhole, () => this.#read(caller, step)));
      else {
        const result = found instanceof Failure ? found : found[next++];
        if (result === undefined) throw new Failure('internal');
        results.push(result instanceof Failure ? result : { body: writeSearch(result) });
      }
    }
    const failure = results.find((result) => result instanceof Failure);
    if (isWhole && failure !== undefined) throw failure;
    return results;
  }

  async #read(caller: Caller, named: { readonly type: string; readonly id: string }): Promise<BatchResult> {
    const { body, version, lastUpdated } = await this.access.read(caller, named);
    return { body, etag: versionHeaders(version, lastUpdated)['etag'] ?? '', lastModified: lastUpdated };
  }

  /** Entries of a batch fail by themselves, a transaction as a whole. */
  async #unlessWhole<T>(isWhole: boolean, work: () => Promise<T>): Promise<T | Failure> {
    try {
      return await work();
    } catch (thrown) {
      if (isWhole || !(thrown instanceof Failure)) throw thrown;
      return thrown;
    }
  }
}
