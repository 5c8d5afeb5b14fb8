import type { MessageId, SourceId } from '../identifiers.js';

/** A message became zib/FHIR resources. Ids are deterministic: the same message gives the same resources. */
export interface RecordNormalised {
  readonly messageId: MessageId;
  readonly sourceId: SourceId;
  readonly sourcePosition: number;
  readonly receivedAt: string;
  readonly mappingVersion: string;
  /** Each entry creates or replaces the resource of that id, or deletes it. */
  readonly changes: readonly RecordChange[];
  /** Patients that the source says are one person: `replaced` lives on as `survivor` (both are Patient ids). */
  readonly merges: readonly PatientMerge[];
  readonly issues: readonly MappingIssue[];
  /** The message was mapped again: what it stated of its patients before, and states no longer, goes. */
  readonly isReplay?: true;
  /** As in the message it was made of. */
  readonly accepting?: readonly string[];
}

export type RecordChange =
  | {
      readonly action: 'put';
      readonly patientId: string | null;
      readonly resourceType: string;
      readonly id: string;
      /** The resource as JSON text: the precision of its decimals is part of what it says. */
      readonly body: string;
      /**
       * The message mentions the resource but does not describe it in full (the patient of a laboratory result): it
       * must not replace one that is there.
       */
      readonly onlyIfAbsent?: true;
    }
  | {
      readonly action: 'delete';
      readonly patientId: string | null;
      readonly resourceType: string;
      readonly id: string;
    };

export interface PatientMerge {
  readonly survivor: string;
  readonly replaced: string;
  /** The opposite (ADT A37): from this message on `replaced` stands on its own, whatever it was merged into before. */
  readonly undone?: true;
}

export interface FhirResource {
  readonly resourceType: string;
  readonly id: string;
  readonly [element: string]: unknown;
}

/** What a mapping has to say about a message. `location` is a segment path or a FHIRPath, never a value. */
export interface MappingIssue {
  readonly severity: 'error' | 'warning' | 'information';
  readonly code: string;
  readonly location: string;
  readonly text: string;
}

/** A message cannot be used and is put into quarantine by `ingest`. */
export interface RecordRejected {
  readonly messageId: MessageId;
  readonly sourceId: SourceId;
  readonly stage: 'normalise' | 'record';
  readonly mappingVersion: string;
  readonly issues: readonly MappingIssue[];
}
