import type { DataCategory } from './data-categories.js';
import type { MessageId, PatientKey, SourceId, Ura } from './identifiers.js';

/**
 * The one catalogue of events that travel between services. Published contracts: a change that an older consumer
 * cannot read is a new version of the event. Payloads may hold patient data; `key` never does (it is a keyed hash).
 */
export type SourceFormat = 'hl7v2' | 'fhir-r4';

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
  /** Set when this is a replay: the quarantine entry it came from. */
  readonly replayOf?: string;
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
}

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
}

export type RecordChange =
  | {
      readonly action: 'put';
      readonly patientId: string | null;
      readonly resource: FhirResource;
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

/** An access or other auditable act took place. `auditEvent` is a FHIR R4 AuditEvent (IHE BALP, NEN 7513). */
export interface AuditRecorded {
  readonly recordedAt: string;
  readonly auditEvent: FhirResource;
}

export interface EventPayloads {
  'source-message.received': SourceMessageReceived;
  'record.normalised': RecordNormalised;
  'record.rejected': RecordRejected;
  'availability.changed': AvailabilityChanged;
  'audit.recorded': AuditRecorded;
}

export type EventType = keyof EventPayloads;

/** Version of each event as this release publishes it. */
export const eventVersions: Readonly<Record<EventType, number>> = {
  'source-message.received': 1,
  'record.normalised': 1,
  'record.rejected': 1,
  'availability.changed': 1,
  'audit.recorded': 1,
};

export const eventTypes = Object.keys(eventVersions) as readonly EventType[];

/** An event as it travels: the same on every engine. */
export interface EventEnvelope<T extends EventType = EventType> {
  readonly id: string;
  readonly type: T;
  readonly version: number;
  /** Ordering key: events of one key are handled in order. A keyed hash or a random id, never patient data. */
  readonly key: string;
  /** The custodian on whose behalf the event exists, or null for events of no custodian. */
  readonly tenant: Ura | null;
  readonly occurredAt: string;
  /** W3C trace context of the act that caused the event. */
  readonly traceparent?: string;
  readonly payload: EventPayloads[T];
}

/** What a publisher supplies; the rest of the envelope is filled in by the log. */
export interface NewEvent<T extends EventType = EventType> {
  readonly type: T;
  readonly key: string;
  readonly tenant: Ura | null;
  readonly payload: EventPayloads[T];
  readonly traceparent?: string;
}
