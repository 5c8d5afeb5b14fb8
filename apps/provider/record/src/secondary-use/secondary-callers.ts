import { Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import type { VerifiedIdentity } from '@samenhang/identity';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { Tenants, type Tenant } from '../holder-api/tenants.js';

/** Who asks a holder for secondary use, and under which address it was asked. */
export interface SecondaryCaller {
  readonly tenant: Tenant;
  readonly identity: VerifiedIdentity;
  /** Base URL of the holder's FHIR API. */
  readonly base: string;
}

@Injectable()
export class SecondaryCallers {
  constructor(
    private readonly tenants: Tenants,
    private readonly environment: ServiceEnvironment,
  ) {}

  /** @throws Failure('not-found') when this node keeps no data of that care provider */
  of(ura: string, identity: VerifiedIdentity): SecondaryCaller {
    const tenant = this.tenants.get(ura);
    return { tenant, identity, base: `${this.environment.publicUrl}/tenants/${tenant.ura}/fhir` };
  }
}

/** What is made in the background is asked for so (FHIR Asynchronous Request Pattern). @throws Failure('malformed') */
export function requireAsync(prefer: string | undefined): void {
  if (prefer?.split(/[;,]\s*/).includes('respond-async') !== true)
    throw new Failure('malformed', 'An export is asked for with Prefer: respond-async');
}
