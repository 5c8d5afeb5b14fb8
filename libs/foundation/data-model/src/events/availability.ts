import type { DataCategory } from '../data-categories.js';
import type { PatientKey, Ura } from '../identifiers.js';

/** The first fact of a category appeared at a custodian for a patient, or the last one went. */
export interface AvailabilityChanged {
  readonly patientKey: PatientKey;
  /** The patient's BSN: needed to blind it for the pseudonymisation service. Only in the payload. */
  readonly bsn: string;
  readonly category: DataCategory;
  readonly available: boolean;
  /** Grows per patient and category; an older change never overrules a newer one. */
  readonly revision: number;
}

/**
 * Something that is stored of a patient changed, at whichever moment: facts of a category that was there already too.
 * For those who subscribed to the patient: `patientHandle` is a keyed hash that only they and the holder can make.
 */
export interface PatientDataChanged {
  readonly patientHandle: string;
  readonly custodian: Ura;
  /** Facts that are new, different or gone; not what they say. */
  readonly facts: readonly ChangedFact[];
}

export interface ChangedFact {
  readonly category: DataCategory;
  readonly resourceType: string;
  readonly id: string;
}
