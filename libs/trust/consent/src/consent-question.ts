import type { DataCategory, Ura } from '@samenhang/data-model';
import type { Bsn } from '@samenhang/patient-identity';

export interface ConsentParty {
  readonly ura: Ura;
  /** Care-provider type, e.g. `V4` hospital, `Z3` general practitioner. */
  readonly facilityType: string;
}

/** May this professional of this requester receive this category of data of this patient from this holder? */
export interface ConsentQuestion {
  readonly patient: Bsn;
  readonly holder: ConsentParty;
  readonly requester: ConsentParty;
  /** The one who is responsible. */
  readonly professional: { readonly id: string; readonly roleCode: string };
  /** Who acts for the professional by mandate. */
  readonly delegate?: { readonly id: string };
  readonly category: DataCategory;
  /** HL7 v3 PurposeOfUse, e.g. `TREAT`. */
  readonly purposeOfUse: string;
}

/** Only `permit` permits. The other reasons differ so that a caller knows whether asking again can help. */
export type ConsentReason =
  'permit' | 'no-objection' | 'deny' | 'not-applicable' | 'indeterminate' | 'unreachable' | 'malformed';

export interface ConsentAnswer {
  readonly permit: boolean;
  readonly reason: ConsentReason;
}

/** A register of consents that answers the closed question: yes or no, never its content. */
export interface ConsentRegister {
  ask(question: ConsentQuestion): Promise<ConsentAnswer>;
}
