import type {
  FhirResource,
  MappingIssue,
  MappingObservation,
  PatientMerge,
  RecordChange,
  SourceFormat,
  SourceId,
  SourceSettings,
  Ura,
} from '@samenhang/data-model';

/** A message as a source delivered it. */
export interface SourceMessage {
  readonly tenant: Ura;
  readonly sourceId: SourceId;
  readonly format: SourceFormat;
  readonly content: Buffer;
  readonly settings: SourceSettings;
  /**
   * Keyed hash of a BSN. Ids travel in URLs and logs: that of a patient who is known by BSN alone must not lead back to
   * the BSN by trial. Left out only offline, where nothing travels.
   */
  readonly hashBsn?: (bsn: string) => string;
}

/** Each entry creates or replaces the resource of that id, or deletes it: a `RecordChange` not yet written out. */
export type NormalisedChange =
  | {
      readonly action: 'put';
      readonly patientId: string | null;
      /** Decimals may be an `ExactDecimal`: `JSON.stringify` gives them back as the source wrote them. */
      readonly resource: FhirResource;
      readonly onlyIfAbsent?: true;
    }
  | Extract<RecordChange, { action: 'delete' }>;

/** What one message carried at one path, and whether the mapping used it: the material of the unmapped report. */
export type MappingObservationCount = Omit<MappingObservation, 'exampleMessageId'>;

export type NormalisedMessage =
  | {
      readonly outcome: 'accepted';
      readonly changes: readonly NormalisedChange[];
      readonly merges: readonly PatientMerge[];
      readonly issues: readonly MappingIssue[];
      readonly observations: readonly MappingObservationCount[];
    }
  | {
      readonly outcome: 'rejected';
      readonly issues: readonly MappingIssue[];
      readonly observations: readonly MappingObservationCount[];
    };

/** Thrown inside the mapping when nothing of a message can be used; becomes the outcome `rejected`. */
export class MessageRejected extends Error {
  constructor(readonly issues: readonly MappingIssue[]) {
    super(issues[0]?.text ?? 'The message cannot be used');
    this.name = 'MessageRejected';
  }
}

export function rejection(code: string, location: string, text: string): MessageRejected {
  return new MessageRejected([{ severity: 'error', code, location, text }]);
}
