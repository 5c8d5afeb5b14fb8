import { findUra, type Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';

/** A care provider whose data this node holds. */
export interface Tenant {
  readonly ura: Ura;
  /** Care-provider type, e.g. `V4` hospital. */
  readonly facilityType: string;
}

/** The tenants of this node, from configuration (`22222222:V4,…`). */
export class Tenants {
  readonly #byUra: ReadonlyMap<string, Tenant>;

  constructor(configured: string) {
    const tenants = configured.split(',').flatMap((entry): [string, Tenant][] => {
      const [text = '', facilityType = ''] = entry.trim().split(':');
      const ura = findUra(text);
      return ura === undefined ? [] : [[ura, { ura, facilityType }]];
    });
    this.#byUra = new Map(tenants);
  }

  /** @throws Failure('not-found') */
  get(ura: string): Tenant {
    const tenant = this.#byUra.get(ura);
    if (tenant === undefined) throw new Failure('not-found', 'This node holds no data of that care provider');
    return tenant;
  }
}
