import { Body, Controller, Delete, HttpCode, Param, Put } from '@nestjs/common';
import type { DataCategory, Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { findBsn, type Bsn } from '@samenhang/patient-identity';
import { Tenants } from '../holder-api/tenants.js';
import { DirectPatients } from './direct-patients.js';
import { DirectSources } from './direct-sources.js';

/**
 * For a care provider whose data stays at its own server: whose data is to be found there. For its own administration only; the
 * BSN is in the body, never in the URL.
 */
@Controller('tenants/:ura/direct-patients')
@RequireScopes('record:admin')
export class DirectPatientsController {
  constructor(
    private readonly patients: DirectPatients,
    private readonly direct: DirectSources,
    private readonly tenants: Tenants,
  ) {}

  @Put()
  async enrol(
    @Param('ura') ura: string,
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<{ categories: DataCategory[] }> {
    const tenant = this.#own(ura, identity);
    return { categories: await this.patients.enrol(tenant, readPatient(body), identity) };
  }

  @Delete()
  @HttpCode(204)
  async withdraw(
    @Param('ura') ura: string,
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<void> {
    await this.patients.withdraw(this.#own(ura, identity), readPatient(body), identity);
  }

  #own(ura: string, identity: VerifiedIdentity): Ura {
    const { ura: tenant } = this.tenants.get(ura);
    if (identity.organisation?.ura !== tenant)
      throw new Failure('forbidden', 'The access token is of another care provider');
    if (!this.direct.has(tenant))
      throw new Failure('not-found', 'The data of this care provider is not asked at its own server');
    return tenant;
  }
}

function readPatient(body: unknown): Bsn {
  const { bsn } = (body ?? {}) as { bsn?: unknown };
  const found = typeof bsn === 'string' ? findBsn(bsn) : undefined;
  if (found === undefined) throw new Failure('malformed', 'The body must hold a valid BSN: {"bsn": "…"}');
  return found;
}
