import type { DataCategory } from './data-categories.js';
import type { MessageId, PatientKey, SourceId, Ura } from './identifiers.js';

/**
 * The one catalogue of events that travel between services. Published contracts: a change that an older consumer
 * cannot read is a new version of the event. Payloads may hold patient data; `key` never does (it is a keyed hash).
 */
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

/** An access or other auditable act took place. `auditEvent` is a FHIR R4 AuditEvent (IHE BALP, NEN 7513). */
export interface AuditRecorded {
  readonly recordedAt: string;
  readonly auditEvent: FhirResource;
}

/** What messages of one source carried, and whether the mapping used it: counts for the unmapped report. */
export interface MappingObserved {
  readonly sourceId: SourceId;
  readonly mappingVersion: string;
  readonly messages: number;
  /** First and last position of the source among them, replays left aside: how far the mapping has come. */
  readonly positions?: { readonly first: number; readonly last: number };
  readonly observations: readonly MappingObservation[];
}

export interface MappingObservation {
  /**
   * `segment` to `resource`: what was carried. The others say how good it is: `concept`, a mandatory concept of a zib;
   * `conformance`, a resource in its profile or on base R4 with the reason; `delay` from sending to receipt; `repetition`.
   */
  readonly kind:
    | 'segment'
    | 'field'
    | 'element'
    | 'code'
    | 'extension'
    | 'resource'
    | 'concept'
    | 'conformance'
    | 'delay'
    | 'repetition';
  /** Message type as `ORU^R01`, or FHIR resource type. */
  readonly messageType: string;
  /** Segment path (`OBX-17`), FHIRPath without indexes, or for a code its system: never a value of a patient. */
  readonly path: string;
  /** Only for `kind: code`: the code that could not be mapped, of a code system (never free text). */
  readonly code?: string;
  /** Whether the mapping used it; for what says how good a message is, whether it is as it should be. */
  readonly used: boolean;
  readonly count: number;
  /** A message in which it stands, so that someone who may read it can look. */
  readonly exampleMessageId: MessageId;
}

/** Another set of code tables is in use: messages that are taken up from now on are mapped by this version. */
export interface MappingTablesActivated {
  /** Number of the set; it only grows. */
  readonly tables: number;
  /** SHA-256 of the tables. */
  readonly digest: string;
  /** Rules and tables together, as resources name it. */
  readonly mappingVersion: string;
}

/**
 * The reference index began or ceased to name a custodian for a patient. `patientHandle` means the same patient in each
 * event and in each answer of the index to those who may subscribe; it is no pseudonym that another service knows.
 */
export interface LocalisationChange {
  readonly patientHandle: string;
  readonly custodian: Ura;
  readonly category: DataCategory;
  readonly sourceId: string;
}

/** A caller wants many evaluations (an initial load). `request` is a compact JWS of the caller over the blinded inputs. */
export interface PseudonymEvaluationRequested {
  readonly requestId: string;
  readonly request: string;
}

/** The answer to it: one sealed token an input, in its order, or the reason why not. */
export interface PseudonymEvaluated {
  readonly requestId: string;
  readonly outcome: 'evaluated' | 'refused';
  /** Compact JWEs that only the recipient can open; empty when refused. */
  readonly tokens: readonly string[];
  readonly reason?: string;
}

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

export type ObjectionPosition = 'objects' | 'permits' | 'none';

/** A care provider stopped, as the national address book says, or goes on after all. */
export interface OrganisationStatusChanged {
  readonly ura: Ura;
  readonly active: boolean;
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

export interface EventPayloads {
  'source-message.received': SourceMessageReceived;
  'record.normalised': RecordNormalised;
  'record.rejected': RecordRejected;
  'availability.changed': AvailabilityChanged;
  'record.patient-changed': PatientDataChanged;
  'audit.recorded': AuditRecorded;
  'mapping.observed': MappingObserved;
  'mapping.tables-activated': MappingTablesActivated;
  'consent.objection-changed': ObjectionChanged;
  'consent.primary-use-changed': PrimaryUseChanged;
  'consent.secondary-use-changed': SecondaryUseChanged;
  'patient.notice-due': PatientNoticeDue;
  'addressing.organisation-status-changed': OrganisationStatusChanged;
  'localisation.registered': LocalisationChange;
  'localisation.withdrawn': LocalisationChange;
  'pseudonym.evaluation-requested': PseudonymEvaluationRequested;
  'pseudonym.evaluated': PseudonymEvaluated;
}

export type EventType = keyof EventPayloads;

/** Version of each event as this release publishes it. */
export const eventVersions: Readonly<Record<EventType, number>> = {
  'source-message.received': 1,
  'record.normalised': 2,
  'record.rejected': 1,
  'availability.changed': 1,
  'record.patient-changed': 1,
  'audit.recorded': 1,
  'mapping.observed': 1,
  'mapping.tables-activated': 1,
  'consent.objection-changed': 1,
  'consent.primary-use-changed': 1,
  'consent.secondary-use-changed': 1,
  'patient.notice-due': 1,
  'addressing.organisation-status-changed': 1,
  'localisation.registered': 1,
  'localisation.withdrawn': 1,
  'pseudonym.evaluation-requested': 1,
  'pseudonym.evaluated': 1,
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
