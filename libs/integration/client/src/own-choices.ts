export type DataUse = 'primary' | 'secondary';

/** A choice about the data of one care provider, or of all of a type. */
export type OwnChoice = (
  | { readonly holder: string }
  /** Care-provider type, such as `V4`. */
  | { readonly holderCategory: string }
) & {
  /** Category of consulting care providers, such as `RPZAC001`; absent: whoever consults. */
  readonly requesterCategory?: string;
  /** `GGC002` all, `GGC012` results, `GGC013` medication. */
  readonly category: string;
  readonly decision: 'permit' | 'deny';
};

export interface RecordedChoice {
  readonly id: string;
  readonly holder: { readonly ura: string } | { readonly facilityType: string };
  readonly requesterCategory?: string;
  readonly category: string;
  readonly decision: 'permit' | 'deny';
  readonly recordedAt: string;
}

export interface OptOut {
  readonly use: DataUse;
  readonly since: string;
}

export interface OwnChoices {
  readonly choices: readonly RecordedChoice[];
  readonly optOuts: readonly OptOut[];
}
