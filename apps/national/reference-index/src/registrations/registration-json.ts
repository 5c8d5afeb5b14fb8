import type { Registration } from './registration.js';

/** A registration in the plain JSON routes, in the members of the running national service plus `id` and `category`. */
export interface RegistrationJson {
  readonly id: string;
  readonly ura_number: string;
  readonly source_id: string;
  readonly category: string;
  readonly created_at: string;
}

export function toJson(registration: Registration): RegistrationJson {
  return {
    id: registration.id,
    ura_number: registration.custodian,
    source_id: registration.source,
    category: registration.category,
    created_at: registration.createdAt.toISOString(),
  };
}
