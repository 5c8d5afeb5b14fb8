import type { Ura } from '../identifiers.js';

/**
 * What a citizen chose about one holder, or about all of a care-provider type, as far as it decides whether they want to
 * be named there at all. Published by a consent register when a choice is made, changed or withdrawn.
 */
export interface ObjectionChanged {
  /** Only in the payload. */
  readonly bsn: string;
  readonly holder: { readonly ura: Ura } | { readonly facilityType: string };
  /** `objects`: nothing to anyone; `permits`: something to someone; `none`: no choice that says either. */
  readonly position: ObjectionPosition;
  /** Grows per citizen; an older position never overrules a newer one. */
  readonly revision: number;
}

export type ObjectionPosition = 'objects' | 'permits' | 'none';

/** A citizen opted out of primary use (EHDS, article 10), or took that back: it holds at every holder. */
export interface PrimaryUseChanged {
  /** Only in the payload. */
  readonly bsn: string;
  readonly optedOut: boolean;
  /** Grows with each change. */
  readonly revision: number;
}

/** A citizen opted out of secondary use (EHDS, article 71), or took that back. */
export interface SecondaryUseChanged {
  /** By which the consent register lists who objects; a holder can arrive at that of its own patients only. */
  readonly pseudonym: string;
  readonly objects: boolean;
  /** Grows with each change. */
  readonly revision: number;
}

/** Something a patient is to be told of. Whoever reaches patients (a portal, a letter) consumes it. */
export interface PatientNoticeDue {
  /** Only in the payload. */
  readonly bsn: string;
  /** Data was given in an emergency, without waiting for the patient's consent. */
  readonly kind: 'emergency-access';
  /** Whose data it was, and who asked. */
  readonly custodian: Ura;
  readonly requester: Ura;
  readonly roleCode: string;
  /** The declaration: what the audit trails refer to. */
  readonly emergencyAccess: string;
  readonly at: string;
}
