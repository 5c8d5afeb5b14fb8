import type { AccessActivity, AccessOutcome } from './access-entry.js';

export interface AuditCoding {
  readonly system: string;
  readonly code: string;
  readonly display: string;
}

/** How an activity is expressed: FHIR interaction, action letter, and the IHE BALP profile with and without a patient. */
export interface ActivityCodes {
  readonly action: 'C' | 'R' | 'U' | 'D' | 'E';
  readonly interaction: AuditCoding;
  readonly profile?: string;
}

const interactionSystem = 'http://hl7.org/fhir/restful-interaction';
const activitySystem = 'https://samenhang.example/fhir/CodeSystem/audit-activity';
const balp = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit';

const interaction = (code: string): AuditCoding => ({ system: interactionSystem, code, display: code });
const own = (code: AccessActivity, display: string): AuditCoding => ({
  system: activitySystem,
  code,
  display,
});

export const activityCodes: Readonly<Record<AccessActivity, ActivityCodes>> = {
  query: { action: 'E', interaction: interaction('search'), profile: `${balp}.PatientQuery` },
  read: { action: 'R', interaction: interaction('read'), profile: `${balp}.PatientRead` },
  localise: { action: 'E', interaction: own('localise', 'Ask which custodians hold data') },
  register: { action: 'C', interaction: own('register', 'Register that a custodian holds data') },
  deregister: { action: 'D', interaction: own('deregister', 'Withdraw a registration') },
  evaluate: { action: 'E', interaction: own('evaluate', 'Evaluate a blinded pseudonym') },
  ingest: { action: 'C', interaction: own('ingest', 'Accept data from a source') },
  administer: { action: 'U', interaction: own('administer', 'Change a setting') },
  'audit-read': { action: 'E', interaction: own('audit-read', 'View the audit trail') },
  'consent-question': {
    action: 'E',
    interaction: own('consent-question', 'Ask whether the patient consents'),
  },
  'consent-change': {
    action: 'U',
    interaction: own('consent-change', 'Record or withdraw a choice of the patient'),
  },
  'emergency-declaration': {
    action: 'E',
    interaction: own('emergency-declaration', 'Declare that emergency access is needed'),
  },
  alarm: {
    action: 'E',
    interaction: {
      system: 'http://dicom.nema.org/resources/ontology/DCM',
      code: '110113',
      display: 'Security Alert',
    },
  },
};

/** AuditEvent.outcome (DICOM PS3.15): a denial is a minor failure, a fault of the system a serious one. */
export const outcomeCodes: Readonly<Record<AccessOutcome, '0' | '4' | '8'>> = {
  success: '0',
  denied: '4',
  failed: '8',
};

export const codings = {
  restfulOperation: {
    system: 'http://terminology.hl7.org/CodeSystem/audit-event-type',
    code: 'rest',
    display: 'RESTful Operation',
  },
  client: {
    system: 'http://dicom.nema.org/resources/ontology/DCM',
    code: '110153',
    display: 'Source Role ID',
  },
  server: {
    system: 'http://dicom.nema.org/resources/ontology/DCM',
    code: '110152',
    display: 'Destination Role ID',
  },
  user: {
    system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType',
    code: 'IRCP',
    display: 'information recipient',
  },
  delegate: {
    system: 'http://terminology.hl7.org/CodeSystem/v3-RoleClass',
    code: 'ASSIGNED',
    display: 'assigned entity',
  },
  organisation: {
    system: 'http://terminology.hl7.org/CodeSystem/v3-RoleClass',
    code: 'PROV',
    display: 'healthcare provider',
  },
  applicationServer: {
    system: 'http://terminology.hl7.org/CodeSystem/security-source-type',
    code: '4',
    display: 'Application Server',
  },
  person: { system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type', code: '1', display: 'Person' },
  systemObject: {
    system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type',
    code: '2',
    display: 'System Object',
  },
  organisationObject: {
    system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type',
    code: '3',
    display: 'Organization',
  },
  patientRole: { system: 'http://terminology.hl7.org/CodeSystem/object-role', code: '1', display: 'Patient' },
  resourceRole: {
    system: 'http://terminology.hl7.org/CodeSystem/object-role',
    code: '4',
    display: 'Domain Resource',
  },
  queryRole: { system: 'http://terminology.hl7.org/CodeSystem/object-role', code: '24', display: 'Query' },
  trace: {
    system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType',
    code: 'XrequestId',
    display: 'The X-Request-Id value',
  },
} as const satisfies Record<string, AuditCoding>;

export const purposeSystem = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
