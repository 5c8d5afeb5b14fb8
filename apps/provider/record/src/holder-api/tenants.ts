import { readTenants, type Tenant } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';

export type { Tenant } from '@samenhang/data-model';

/** The tenants of this node, from configuration (`22222222:V4,…`). */
export class Tenants {
  readonly #byUra: ReadonlyMap<string, Tenant>;

  constructor(configured: string) {
    this.#byUra = new Map(readTenants(configured).map((tenant) => [tenant.ura, tenant]));
  }

  /** @throws Failure('not-found') */
  get(ura: string): Tenant {
    const tenant = this.#byUra.get(ura);
    if (tenant === undefined) throw new Failure('not-found', 'This node holds no data of that care provider');
    return tenant;
  }
}
