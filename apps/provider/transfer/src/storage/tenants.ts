import { readTenants, type Tenant, type Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { VerifiedIdentity } from '@samenhang/identity';

/** The care providers for whom this service sends and receives, from configuration. */
export class Tenants {
  readonly #byUra: ReadonlyMap<string, Tenant>;

  constructor(configured: string) {
    this.#byUra = new Map(readTenants(configured).map((tenant) => [tenant.ura, tenant]));
  }

  /** @throws Failure('not-found') */
  get(ura: string): Tenant {
    const tenant = this.#byUra.get(ura);
    if (tenant === undefined) throw new Failure('not-found', 'This node does nothing for that care provider');
    return tenant;
  }

  /** The tenant of a path, for its own systems only. @throws Failure('forbidden') */
  own(ura: string, identity: VerifiedIdentity): Ura {
    if (identity.organisation?.ura !== ura)
      throw new Failure('forbidden', 'The access token is of another care provider');
    return this.get(ura).ura;
  }
}
