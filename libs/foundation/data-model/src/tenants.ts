import { findUra, type Ura } from './identifiers.js';

/** A care provider whose data a node holds. */
export interface Tenant {
  readonly ura: Ura;
  /** Care-provider type, e.g. `V4` hospital. */
  readonly facilityType: string;
}

/** The form of `TENANTS` in the configuration of a node: `22222222:V4,11111111:Z3`. */
export const tenantsForm = /^(\d{8}:[A-Z]\d(,\d{8}:[A-Z]\d)*)?$/;

export function readTenants(configured: string): Tenant[] {
  return configured.split(',').flatMap((entry) => {
    const [text = '', facilityType = ''] = entry.trim().split(':');
    const ura = findUra(text);
    return ura === undefined ? [] : [{ ura, facilityType }];
  });
}
