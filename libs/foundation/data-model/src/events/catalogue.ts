import type { AuditRecorded } from './audit.js';
import type { AvailabilityChanged, PatientDataChanged } from './availability.js';
import type {
  ObjectionChanged,
  PatientNoticeDue,
  PrimaryUseChanged,
  SecondaryUseChanged,
} from './citizens.js';
import type { LocalisationChange, OrganisationStatusChanged } from './localisation.js';
import type { MappingObserved, MappingTablesActivated } from './mapping.js';
import type { PseudonymEvaluated, PseudonymEvaluationRequested } from './pseudonyms.js';
import type { RecordNormalised, RecordRejected } from './record.js';
import type { SourceMessageReceived } from './source-messages.js';

/**
 * The one catalogue of events that travel between services. Published contracts: a change that an older consumer
 * cannot read is a new version of the event. Payloads may hold patient data; `key` never does (it is a keyed hash).
 */
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
