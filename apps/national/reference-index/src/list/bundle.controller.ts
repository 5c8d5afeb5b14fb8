import { Body, Controller, Get, Header, HttpCode, Post } from '@nestjs/common';
import { Identity, Public, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { ReferenceIndexConfiguration } from '../reference-index.configuration.js';
import { RegistrationService } from '../registrations/registration.service.js';
import { capabilityStatement } from './capability-statement.js';
import { readTransaction, toTransactionResponse } from './list-bundle.js';

const FHIR_JSON = 'application/fhir+json; charset=utf-8';

@Controller('fhir')
export class BundleController {
  readonly #base: string;

  constructor(
    private readonly registrations: RegistrationService,
    private readonly configuration: ReferenceIndexConfiguration,
    environment: ServiceEnvironment,
  ) {
    this.#base = `${environment.publicUrl}/fhir`;
  }

  /** A transaction of creates and deletes: all of it or nothing. Deletes need `nvi:delete` as well. */
  @Post()
  @HttpCode(200)
  @Header('content-type', FHIR_JSON)
  @Header('cache-control', 'no-store')
  @RequireScopes('nvi:create')
  async transaction(
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<Readonly<Record<string, unknown>>> {
    const operations = readTransaction(body, this.configuration.bundleSize);
    return toTransactionResponse(await this.registrations.apply(operations, identity), this.#base);
  }

  @Get('metadata')
  @Public()
  @Header('content-type', FHIR_JSON)
  metadata(): Readonly<Record<string, unknown>> {
    return capabilityStatement(this.#base);
  }
}
