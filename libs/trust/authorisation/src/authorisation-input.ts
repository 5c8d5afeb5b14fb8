import type { DataCategory } from '@samenhang/data-model';

/** The policies that can be asked, each an entry point of the compiled module. */
export type PolicyName =
  | 'citizen'
  | 'emergency'
  | 'holder'
  | 'joint'
  | 'localise'
  | 'registration'
  | 'secondary'
  | 'transfer'
  | 'view';

/**
 * What a decision is based on, in the shape of the national authorisation specification: subject (from the verified
 * token), request, and context (what the enforcement point knows). It never holds an identifier of a patient.
 */
export interface AuthorisationInput {
  readonly policy: PolicyName;
  readonly subject: {
    readonly client_id: string;
    /** Space separated, as in the token. */
    readonly scope: string;
    readonly organization_ura?: string;
    readonly organization_facility_type?: string;
    readonly user_id?: string;
    readonly user_role?: string;
    readonly purpose_of_use?: string;
    readonly treatment_relation?: string;
    /** Who acts for the professional by mandate. */
    readonly delegate_id?: string;
    readonly delegate_role?: string;
    /** Whether the token is for one patient, whoever that is. */
    readonly patient_bound?: boolean;
    /** A declared emergency, and until when it holds (seconds since 1970). */
    readonly emergency_access?: string;
    readonly emergency_until?: number;
  };
  readonly request: {
    /** FHIR interaction (`read`, `search-type`) or the operation at the index: `localise`, `create`, `delete`. */
    readonly interaction:
      'read' | 'search-type' | 'localise' | 'create' | 'update' | 'delete' | 'document' | 'view';
  };
  readonly context: {
    readonly data_holder_organization_id?: string;
    readonly data_holder_facility_type?: string;
    /** Absent only where the question is about no category, as whether one may localise at all. */
    readonly data_category?: DataCategory;
    /** Whether the token may be used for this patient; absent when it is bound to none. */
    readonly patient_matches?: boolean;
    /** `emergency` only: what the consent register said. */
    readonly consent?: string;
    /** `transfer` only: what was offered to whom; absent when there is no such offer. */
    readonly transfer?: OfferedTransfer;
    /** `secondary` only: the proven permit, and the kinds of data that are asked for; absent without one. */
    readonly permit?: {
      readonly purpose: string;
      readonly requested: readonly string[];
      readonly given: readonly string[];
    };
    /** `joint` only: who keeps a joint record, and who takes part in it. */
    readonly joint?: { readonly keeper: string; readonly participants: readonly string[] };
    /** The present time in seconds since 1970; filled in by the decision point. */
    readonly now?: number;
  };
}

/** A protocolled transfer (Twiin TA Notified Pull, eOverdracht) as a decision looks at it. */
export interface OfferedTransfer {
  readonly owner: string;
  /** FHIR TaskStatus. */
  readonly status: string;
  /** From when and until when (excluded) it holds, in seconds since 1970. */
  readonly from: number;
  readonly until: number;
  /** Whether the caller named the authorization base that goes with this offer. */
  readonly has_authorization_base: boolean;
  /** Reads and searches that are offered, and the one that is asked for; absent for the Task itself. */
  readonly listed?: readonly string[];
  readonly requested?: string;
}

export interface DecisionReason {
  readonly code: string;
  readonly description: string;
}

export interface Decision {
  readonly allow: boolean;
  /** Why: at least one reason, for a permit as well. */
  readonly reasons: readonly DecisionReason[];
}

export interface DecisionPoint {
  /** Never throws: whatever goes wrong is a denial with reason `internal_error`. */
  decide(input: AuthorisationInput): Decision;
  /** One decision for each category; the input's own category is not looked at. */
  decideCategories(
    input: AuthorisationInput,
    categories: readonly DataCategory[],
  ): ReadonlyMap<DataCategory, Decision>;
}
