import type { Ura } from '@samenhang/data-model';
import type { VerifiedIdentity } from '@samenhang/identity';

export type AccessActivity =
  | 'query'
  | 'read'
  | 'localise'
  | 'register'
  | 'deregister'
  | 'evaluate'
  | 'ingest'
  | 'administer'
  | 'audit-read'
  | 'consent-question'
  | 'consent-change'
  | 'emergency-declaration'
  | 'alarm';

export type AccessOutcome = 'success' | 'denied' | 'failed';

/** Whom an entry is about: handed in by a service that knows the patient, passed on unread. */
export interface PatientIdentifier {
  readonly system: string;
  readonly value: string;
}

/** One act to record, permitted or not (NEN 7513: every attempt). */
export interface AccessEntry {
  readonly activity: AccessActivity;
  readonly outcome: AccessOutcome;
  readonly who: VerifiedIdentity | { readonly service: string };
  /** Goes into the event's payload only. */
  readonly patient?: PatientIdentifier;
  /** The care provider whose data it is: whose trail the event belongs to. */
  readonly custodian?: Ura;
  readonly detail: {
    readonly resourceTypes?: readonly string[];
    /** What was asked, without any identifier of a patient. */
    readonly query?: string;
    /** Codes of the decision's reasons. */
    readonly reasons?: readonly string[];
    /** Why emergency access was needed, in the words of who declared it: in that organisation's own trail only. */
    readonly emergencyReason?: string;
  };
  /** The service that records: NEN 7513 "source". */
  readonly observer?: string;
  readonly traceparent?: string;
  readonly at?: Date;
}
