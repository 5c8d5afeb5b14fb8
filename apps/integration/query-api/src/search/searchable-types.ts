/** How a search parameter compares (http://hl7.org/fhir/R4/search.html#ptypes). */
export type ParameterKind = 'token' | 'date' | 'string' | 'quantity' | 'reference' | 'uri' | 'composite';

export interface SearchableParameter {
  readonly name: string;
  readonly kind: ParameterKind;
  /** Canonical URL of the SearchParameter. */
  readonly definition: string;
  /** Where the values are; a dot descends, lists are taken apart. Of a composite: where its second value is. */
  readonly paths: readonly string[];
}

export interface SearchableType {
  readonly type: string;
  /** By which parameter the patient is named, always with `.identifier`. */
  readonly patientParameters: readonly string[];
  readonly parameters: readonly SearchableParameter[];
  /** References that `_include` follows. */
  readonly includes: readonly { readonly name: string; readonly paths: readonly string[] }[];
}

const canonical = 'http://hl7.org/fhir/SearchParameter/';
type Line = readonly [name: string, kind: ParameterKind, definition: string, ...paths: string[]];

const shared: readonly Line[] = [
  ['_id', 'token', 'Resource-id', 'id'],
  ['_lastUpdated', 'date', 'Resource-lastUpdated', 'meta.lastUpdated'],
  ['_profile', 'uri', 'Resource-profile', 'meta.profile'],
  ['_security', 'token', 'Resource-security', 'meta.security'],
  ['_source', 'uri', 'Resource-source', 'meta.source'],
  ['_tag', 'token', 'Resource-tag', 'meta.tag'],
];

/** Where resources say whom they are about. */
const subjects = ['subject', 'patient', 'beneficiary'] as const;

const identifier: Line = ['identifier', 'token', 'clinical-identifier', 'identifier'];
const medicationCode: Line = ['code', 'token', 'clinical-code', 'medicationCodeableConcept'];
const medicationStatus: Line = ['status', 'token', 'medications-status', 'status'];

/** Parameters of the BgZ searches and their neighbours; where R4 has none, the canonical URL is our own. */
const tables: readonly {
  readonly type: string;
  readonly patient?: readonly string[];
  readonly parameters: readonly Line[];
  readonly includes?: Readonly<Record<string, readonly string[]>>;
}[] = [
  {
    type: 'Patient',
    patient: ['identifier'],
    parameters: [
      ['active', 'token', 'Patient-active', 'active'],
      ['birthdate', 'date', 'individual-birthdate', 'birthDate'],
      ['family', 'string', 'individual-family', 'name.family'],
      ['gender', 'token', 'individual-gender', 'gender'],
      ['given', 'string', 'individual-given', 'name.given'],
      ['name', 'string', 'Patient-name', 'name.family', 'name.given', 'name.text', 'name.prefix'],
    ],
    includes: { 'general-practitioner': ['generalPractitioner'], organization: ['managingOrganization'] },
  },
  {
    type: 'Condition',
    parameters: [
      identifier,
      ['body-site', 'token', 'Condition-body-site', 'bodySite'],
      ['category', 'token', 'Condition-category', 'category'],
      ['clinical-status', 'token', 'Condition-clinical-status', 'clinicalStatus'],
      ['code', 'token', 'clinical-code', 'code'],
      ['onset-date', 'date', 'Condition-onset-date', 'onsetDateTime', 'onsetPeriod'],
      ['recorded-date', 'date', 'Condition-recorded-date', 'recordedDate'],
      ['severity', 'token', 'Condition-severity', 'severity'],
      ['verification-status', 'token', 'Condition-verification-status', 'verificationStatus'],
    ],
    includes: { asserter: ['asserter'], encounter: ['encounter'] },
  },
  {
    type: 'AllergyIntolerance',
    patient: ['patient'],
    parameters: [
      identifier,
      ['category', 'token', 'AllergyIntolerance-category', 'category'],
      ['clinical-status', 'token', 'AllergyIntolerance-clinical-status', 'clinicalStatus'],
      ['code', 'token', 'clinical-code', 'code', 'reaction.substance'],
      ['criticality', 'token', 'AllergyIntolerance-criticality', 'criticality'],
      ['date', 'date', 'clinical-date', 'recordedDate'],
      ['type', 'token', 'clinical-type', 'type'],
      ['verification-status', 'token', 'AllergyIntolerance-verification-status', 'verificationStatus'],
    ],
    includes: { asserter: ['asserter'], recorder: ['recorder'] },
  },
  {
    type: 'MedicationRequest',
    parameters: [
      identifier,
      medicationCode,
      medicationStatus,
      ['authoredon', 'date', 'MedicationRequest-authoredon', 'authoredOn'],
      ['category', 'token', 'MedicationRequest-category', 'category'],
      ['intent', 'token', 'MedicationRequest-intent', 'intent'],
    ],
    includes: { medication: ['medicationReference'], requester: ['requester'] },
  },
  {
    type: 'MedicationDispense',
    parameters: [
      identifier,
      medicationCode,
      medicationStatus,
      ['category', 'token', 'own:MedicationDispense-category', 'category'],
      ['whenhandedover', 'date', 'MedicationDispense-whenhandedover', 'whenHandedOver'],
      ['whenprepared', 'date', 'MedicationDispense-whenprepared', 'whenPrepared'],
    ],
    includes: { medication: ['medicationReference'], performer: ['performer.actor'] },
  },
  {
    type: 'MedicationStatement',
    parameters: [
      identifier,
      medicationCode,
      medicationStatus,
      ['category', 'token', 'MedicationStatement-category', 'category'],
      ['effective', 'date', 'MedicationStatement-effective', 'effectiveDateTime', 'effectivePeriod'],
    ],
    includes: { medication: ['medicationReference'], source: ['informationSource'] },
  },
  {
    type: 'Observation',
    parameters: [
      identifier,
      ['category', 'token', 'Observation-category', 'category'],
      ['code', 'token', 'clinical-code', 'code'],
      ['code-value-concept', 'composite', 'Observation-code-value-concept', 'valueCodeableConcept'],
      ['code-value-quantity', 'composite', 'Observation-code-value-quantity', 'valueQuantity'],
      ['combo-code', 'token', 'Observation-combo-code', 'code', 'component.code'],
      [
        'combo-code-value-concept',
        'composite',
        'Observation-combo-code-value-concept',
        'valueCodeableConcept',
        'component.valueCodeableConcept',
      ],
      [
        'combo-code-value-quantity',
        'composite',
        'Observation-combo-code-value-quantity',
        'valueQuantity',
        'component.valueQuantity',
      ],
      [
        'component-code-value-concept',
        'composite',
        'Observation-component-code-value-concept',
        'component.valueCodeableConcept',
      ],
      [
        'component-code-value-quantity',
        'composite',
        'Observation-component-code-value-quantity',
        'component.valueQuantity',
      ],
      [
        'component-value-quantity',
        'quantity',
        'Observation-component-value-quantity',
        'component.valueQuantity',
      ],
      ['component-code', 'token', 'Observation-component-code', 'component.code'],
      ['date', 'date', 'clinical-date', 'effectiveDateTime', 'effectivePeriod', 'effectiveInstant'],
      ['status', 'token', 'Observation-status', 'status'],
      ['value-concept', 'token', 'Observation-value-concept', 'valueCodeableConcept'],
      ['value-quantity', 'quantity', 'Observation-value-quantity', 'valueQuantity'],
    ],
    includes: {
      'derived-from': ['derivedFrom'],
      encounter: ['encounter'],
      'has-member': ['hasMember'],
      performer: ['performer'],
      specimen: ['specimen'],
    },
  },
  {
    type: 'Encounter',
    parameters: [
      identifier,
      ['class', 'token', 'Encounter-class', 'class'],
      ['date', 'date', 'clinical-date', 'period'],
      ['status', 'token', 'Encounter-status', 'status'],
      ['type', 'token', 'clinical-type', 'type'],
    ],
    includes: { participant: ['participant.individual'], 'service-provider': ['serviceProvider'] },
  },
  {
    type: 'Procedure',
    parameters: [
      identifier,
      ['category', 'token', 'Procedure-category', 'category'],
      ['code', 'token', 'clinical-code', 'code'],
      ['date', 'date', 'clinical-date', 'performedDateTime', 'performedPeriod'],
      ['status', 'token', 'Procedure-status', 'status'],
    ],
    includes: { 'based-on': ['basedOn'], performer: ['performer.actor'] },
  },
  {
    type: 'Immunization',
    patient: ['patient'],
    parameters: [
      identifier,
      ['date', 'date', 'clinical-date', 'occurrenceDateTime'],
      ['status', 'token', 'Immunization-status', 'status'],
      ['vaccine-code', 'token', 'Immunization-vaccine-code', 'vaccineCode'],
    ],
    includes: { performer: ['performer.actor'] },
  },
  {
    type: 'Coverage',
    patient: ['patient', 'beneficiary'],
    parameters: [
      ['status', 'token', 'Coverage-status', 'status'],
      ['type', 'token', 'Coverage-type', 'type'],
    ],
    includes: { payor: ['payor'] },
  },
  {
    type: 'Consent',
    patient: ['patient'],
    parameters: [
      ['category', 'token', 'Consent-category', 'category'],
      ['status', 'token', 'Consent-status', 'status'],
    ],
  },
  {
    type: 'NutritionOrder',
    patient: ['patient'],
    parameters: [['status', 'token', 'NutritionOrder-status', 'status']],
  },
  {
    type: 'Flag',
    parameters: [
      ['category', 'token', 'own:Flag-category', 'category'],
      ['date', 'date', 'clinical-date', 'period'],
      ['status', 'token', 'own:Flag-status', 'status'],
    ],
  },
  {
    type: 'DeviceUseStatement',
    parameters: [['status', 'token', 'own:DeviceUseStatement-status', 'status']],
    includes: { device: ['device'] },
  },
  {
    type: 'ServiceRequest',
    parameters: [
      ['category', 'token', 'ServiceRequest-category', 'category'],
      ['code', 'token', 'clinical-code', 'code'],
      ['status', 'token', 'ServiceRequest-status', 'status'],
    ],
  },
  {
    type: 'DeviceRequest',
    parameters: [['status', 'token', 'DeviceRequest-status', 'status']],
  },
  {
    type: 'ImmunizationRecommendation',
    patient: ['patient'],
    parameters: [['date', 'date', 'ImmunizationRecommendation-date', 'date']],
  },
  {
    type: 'Appointment',
    patient: ['patient'],
    parameters: [
      ['date', 'date', 'Appointment-date', 'start'],
      ['status', 'token', 'Appointment-status', 'status'],
    ],
  },
  {
    type: 'CarePlan',
    parameters: [
      identifier,
      ['category', 'token', 'CarePlan-category', 'category'],
      ['date', 'date', 'clinical-date', 'period'],
      ['status', 'token', 'CarePlan-status', 'status'],
    ],
    includes: { 'care-team': ['careTeam'], goal: ['goal'] },
  },
  {
    type: 'Composition',
    parameters: [
      identifier,
      ['date', 'date', 'clinical-date', 'date'],
      ['status', 'token', 'Composition-status', 'status'],
      ['title', 'string', 'Composition-title', 'title'],
      ['type', 'token', 'clinical-type', 'type'],
    ],
    includes: { author: ['author'] },
  },
  {
    type: 'DiagnosticReport',
    parameters: [
      identifier,
      ['category', 'token', 'DiagnosticReport-category', 'category'],
      ['code', 'token', 'clinical-code', 'code'],
      ['date', 'date', 'clinical-date', 'effectiveDateTime', 'effectivePeriod'],
      ['issued', 'date', 'DiagnosticReport-issued', 'issued'],
      ['status', 'token', 'DiagnosticReport-status', 'status'],
    ],
    includes: { performer: ['performer'], result: ['result'], specimen: ['specimen'] },
  },
  {
    type: 'DocumentReference',
    parameters: [
      identifier,
      ['category', 'token', 'DocumentReference-category', 'category'],
      ['contenttype', 'token', 'DocumentReference-contenttype', 'content.attachment.contentType'],
      ['date', 'date', 'DocumentReference-date', 'date'],
      ['description', 'string', 'DocumentReference-description', 'description'],
      ['period', 'date', 'DocumentReference-period', 'context.period'],
      ['status', 'token', 'DocumentReference-status', 'status'],
      ['type', 'token', 'clinical-type', 'type'],
    ],
    includes: { author: ['author'], custodian: ['custodian'], encounter: ['context.encounter'] },
  },
  {
    type: 'EpisodeOfCare',
    patient: ['patient'],
    parameters: [
      identifier,
      ['date', 'date', 'clinical-date', 'period'],
      ['status', 'token', 'EpisodeOfCare-status', 'status'],
      ['type', 'token', 'clinical-type', 'type'],
    ],
    includes: { condition: ['diagnosis.condition'] },
  },
  {
    type: 'Goal',
    parameters: [
      identifier,
      ['category', 'token', 'Goal-category', 'category'],
      ['lifecycle-status', 'token', 'Goal-lifecycle-status', 'lifecycleStatus'],
      ['start-date', 'date', 'Goal-start-date', 'startDate'],
    ],
  },
  {
    type: 'MedicationAdministration',
    parameters: [
      identifier,
      medicationCode,
      medicationStatus,
      [
        'effective-time',
        'date',
        'MedicationAdministration-effective-time',
        'effectiveDateTime',
        'effectivePeriod',
      ],
    ],
    includes: { medication: ['medicationReference'], performer: ['performer.actor'] },
  },
  {
    type: 'RelatedPerson',
    patient: ['patient'],
    parameters: [
      ['active', 'token', 'RelatedPerson-active', 'active'],
      ['relationship', 'token', 'RelatedPerson-relationship', 'relationship'],
    ],
  },
  {
    type: 'CareTeam',
    parameters: [
      ['category', 'token', 'CareTeam-category', 'category'],
      ['status', 'token', 'CareTeam-status', 'status'],
    ],
    includes: { participant: ['participant.member'] },
  },
];

/** What the search API offers: requests are checked against it, and CapabilityStatement and OpenAPI are made of it. */
export const searchableTypes: readonly SearchableType[] = tables.map(
  ({ type, patient = ['patient', 'subject'], parameters, includes = {} }) => ({
    type,
    patientParameters: patient,
    parameters: [...shared, ...parameters].map(([name, kind, definition, ...paths]) => ({
      name,
      kind,
      definition: definition.startsWith('own:')
        ? `https://samenhang.example/fhir/SearchParameter/${definition.slice('own:'.length)}`
        : canonical + definition,
      paths,
    })),
    includes: [
      ...Object.entries(includes).map(([name, paths]) => ({ name, paths })),
      ...(type === 'Patient' ? [] : patient.map((name) => ({ name, paths: [...subjects] }))),
    ],
  }),
);

const byType = new Map(searchableTypes.map((searchable) => [searchable.type, searchable]));

export function findSearchableType(type: string): SearchableType | undefined {
  return byType.get(type);
}
