import type { DataCategory } from '../data-categories.js';
import type { Ura } from '../identifiers.js';

/**
 * The reference index began or ceased to name a custodian for a patient. `patientHandle` means the same patient in each
 * event and in each answer of the index to those who may subscribe; it is no pseudonym that another service knows.
 */
export interface LocalisationChange {
  readonly patientHandle: string;
  readonly custodian: Ura;
  readonly category: DataCategory;
  readonly sourceId: string;
}

/** A care provider stopped, as the national address book says, or goes on after all. */
export interface OrganisationStatusChanged {
  readonly ura: Ura;
  readonly active: boolean;
}
