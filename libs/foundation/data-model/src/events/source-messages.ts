import type { MessageId, SourceId } from '../identifiers.js';

export type SourceFormat =
  | 'hl7v2'
  | 'fhir-r4'
  /** FHIR STU3 in the profiles of BgZ 2017. */
  | 'fhir-stu3'
  /** HL7 CDA R2, as BgZ 2020 documents use it. */
  | 'cda'
  /** One row of a table (CSV, NDJSON): a JSON object of column name to text, mapped by `settings.table`. */
  | 'table-row';

/** A source delivered a message, and it is stored safely. `content` is base64 of the bytes exactly as received. */
export interface SourceMessageReceived {
  readonly messageId: MessageId;
  readonly sourceId: SourceId;
  readonly format: SourceFormat;
  readonly receivedAt: string;
  /** Grows with each message of a source; later positions supersede earlier ones. */
  readonly sourcePosition: number;
  readonly content: string;
  /** Settings of the source that the mapping needs, e.g. `localIdentifierSystem`. */
  readonly settings: SourceSettings;
  /** Set when this is a replay: the quarantine entry, or else the message, that it came from. */
  readonly replayOf?: string;
  /** When it was replayed. Of one message and mapping version the latest replay holds. */
  readonly replayedAt?: string;
  /** Codes of objections that a person has weighed: they are not raised again against this replay. */
  readonly accepting?: readonly string[];
  /** Version of the mapping that the replay asks for; without it that in use. */
  readonly mapBy?: string;
}

export interface SourceSettings {
  /** System of patient numbers that come without an assigning authority. */
  readonly localIdentifierSystem: string;
  /** IANA time zone of times without an offset. */
  readonly timeZone: string;
  /** Character set used when MSH-18 is absent. */
  readonly defaultCharset: string;
  /** What this source calls itself, for `meta.source`. */
  readonly displayName: string;
  /** How the rows of a table become resources; only with the format `table-row`. Checked when the source is declared. */
  readonly table?: Readonly<Record<string, unknown>>;
}
