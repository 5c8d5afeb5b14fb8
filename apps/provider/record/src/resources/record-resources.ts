import { dataCategories, type DataCategory } from '@samenhang/data-model';
import type { SearchParameterDefinition } from '@samenhang/fhir-http';

const definitionBase = 'http://hl7.org/fhir/SearchParameter/';

/** What is extracted from a type of resource when it is stored, so that searches need not open bodies. */
export interface RecordedType {
  readonly type: string;
  readonly tokens: readonly IndexedParameter[];
  /** The date by which facts of this type are ordered and searched. */
  readonly date?: IndexedParameter;
  /** Element with the clinical code, for cohorts. */
  readonly code?: string;
  /** References that `_include` can follow. */
  readonly links: readonly IndexedParameter[];
  readonly hasSubjectParameter: boolean;
}

export interface IndexedParameter {
  readonly name: string;
  /** Name of the SearchParameter's definition below HL7's base URL. */
  readonly definition: string;
  /** Paths of elements; a dot descends. */
  readonly paths: readonly string[];
}

const parameter = (name: string, definition: string, ...paths: string[]): IndexedParameter => ({
  name,
  definition,
  paths,
});
const code = (...paths: string[]): IndexedParameter => parameter('code', 'clinical-code', ...paths);
const medicationStatus = parameter('status', 'medications-status', 'status');

/** The types facts of the data categories have (see `dataCategories`), with the BgZ's search parameters. */
export const recordedTypes: readonly RecordedType[] = [
  {
    type: 'Patient',
    tokens: [],
    links: [parameter('general-practitioner', 'Patient-general-practitioner', 'generalPractitioner')],
    hasSubjectParameter: false,
  },
  {
    type: 'Condition',
    tokens: [
      code('code'),
      parameter('category', 'Condition-category', 'category'),
      parameter('clinical-status', 'Condition-clinical-status', 'clinicalStatus'),
      parameter('verification-status', 'Condition-verification-status', 'verificationStatus'),
    ],
    date: parameter('onset-date', 'Condition-onset-date', 'onsetDateTime', 'onsetPeriod'),
    code: 'code',
    links: [parameter('asserter', 'Condition-asserter', 'asserter')],
    hasSubjectParameter: true,
  },
  {
    type: 'AllergyIntolerance',
    tokens: [
      code('code', 'reaction.substance'),
      parameter('category', 'AllergyIntolerance-category', 'category'),
      parameter('clinical-status', 'AllergyIntolerance-clinical-status', 'clinicalStatus'),
      parameter('verification-status', 'AllergyIntolerance-verification-status', 'verificationStatus'),
      parameter('criticality', 'AllergyIntolerance-criticality', 'criticality'),
      parameter('type', 'clinical-type', 'type'),
    ],
    date: parameter('date', 'clinical-date', 'recordedDate'),
    code: 'code',
    links: [
      parameter('asserter', 'AllergyIntolerance-asserter', 'asserter'),
      parameter('recorder', 'AllergyIntolerance-recorder', 'recorder'),
    ],
    hasSubjectParameter: false,
  },
  {
    type: 'MedicationRequest',
    tokens: [
      code('medicationCodeableConcept'),
      medicationStatus,
      parameter('intent', 'MedicationRequest-intent', 'intent'),
      parameter('category', 'MedicationRequest-category', 'category'),
    ],
    date: parameter('authoredon', 'MedicationRequest-authoredon', 'authoredOn'),
    code: 'medicationCodeableConcept',
    links: [
      parameter('medication', 'medications-medication', 'medicationReference'),
      parameter('requester', 'MedicationRequest-requester', 'requester'),
    ],
    hasSubjectParameter: true,
  },
  {
    type: 'MedicationDispense',
    tokens: [code('medicationCodeableConcept'), medicationStatus],
    date: parameter('whenhandedover', 'MedicationDispense-whenhandedover', 'whenHandedOver'),
    code: 'medicationCodeableConcept',
    links: [
      parameter('medication', 'medications-medication', 'medicationReference'),
      parameter('performer', 'MedicationDispense-performer', 'performer.actor'),
    ],
    hasSubjectParameter: true,
  },
  {
    type: 'MedicationStatement',
    tokens: [
      code('medicationCodeableConcept'),
      medicationStatus,
      parameter('category', 'MedicationStatement-category', 'category'),
    ],
    date: parameter('effective', 'MedicationStatement-effective', 'effectiveDateTime', 'effectivePeriod'),
    code: 'medicationCodeableConcept',
    links: [
      parameter('medication', 'medications-medication', 'medicationReference'),
      parameter('source', 'MedicationStatement-source', 'informationSource'),
    ],
    hasSubjectParameter: true,
  },
  {
    type: 'Observation',
    tokens: [
      code('code'),
      parameter('category', 'Observation-category', 'category'),
      parameter('status', 'Observation-status', 'status'),
    ],
    date: parameter('date', 'clinical-date', 'effectiveDateTime', 'effectivePeriod', 'effectiveInstant'),
    code: 'code',
    links: [parameter('performer', 'Observation-performer', 'performer')],
    hasSubjectParameter: true,
  },
  {
    type: 'Encounter',
    tokens: [
      parameter('class', 'Encounter-class', 'class'),
      parameter('type', 'clinical-type', 'type'),
      parameter('status', 'Encounter-status', 'status'),
    ],
    date: parameter('date', 'clinical-date', 'period'),
    links: [
      parameter('participant', 'Encounter-participant', 'participant.individual'),
      parameter('service-provider', 'Encounter-service-provider', 'serviceProvider'),
    ],
    hasSubjectParameter: true,
  },
  {
    type: 'Procedure',
    tokens: [
      code('code'),
      parameter('category', 'Procedure-category', 'category'),
      parameter('status', 'Procedure-status', 'status'),
    ],
    date: parameter('date', 'clinical-date', 'performedDateTime', 'performedPeriod'),
    code: 'code',
    links: [parameter('performer', 'Procedure-performer', 'performer.actor')],
    hasSubjectParameter: true,
  },
  {
    type: 'Immunization',
    tokens: [
      parameter('vaccine-code', 'Immunization-vaccine-code', 'vaccineCode'),
      parameter('status', 'Immunization-status', 'status'),
    ],
    date: parameter('date', 'clinical-date', 'occurrenceDateTime'),
    code: 'vaccineCode',
    links: [parameter('performer', 'Immunization-performer', 'performer.actor')],
    hasSubjectParameter: false,
  },
];

/**
 * Types that may come along with an authorised fact through `_include`. They belong to no data category, so they are
 * never served by themselves.
 */
export const supportingTypes: ReadonlySet<string> = new Set([
  'Medication',
  'Practitioner',
  'PractitionerRole',
  'Organization',
]);

/** Data categories that facts of a type can have: what a read by id may have to be decided about. */
export function categoriesOfType(type: string): DataCategory[] {
  return dataCategories
    .filter(({ resourceType }) => resourceType === type)
    .map(({ code: category }) => category);
}

const byType = new Map(recordedTypes.map((recorded) => [recorded.type, recorded]));

export function findRecordedType(type: string): RecordedType | undefined {
  return byType.get(type);
}

export function definitionUrl(definition: string): string {
  return definitionBase + definition;
}

/** The search parameters of a type as its CapabilityStatement and its router know them. */
export function searchParametersOf(recorded: RecordedType): SearchParameterDefinition[] {
  const define = (type: SearchParameterDefinition['type']) => (indexed: IndexedParameter) => ({
    name: indexed.name,
    type,
    definition: definitionUrl(indexed.definition),
  });
  const { type, date, tokens } = recorded;
  return [
    { name: '_id', type: 'token', definition: definitionUrl('Resource-id') },
    { name: '_lastUpdated', type: 'date', definition: definitionUrl('Resource-lastUpdated') },
    ...(type === 'Patient'
      ? [define('token')(parameter('identifier', 'Patient-identifier'))]
      : [define('reference')(parameter('patient', 'clinical-patient'))]),
    ...(recorded.hasSubjectParameter
      ? [define('reference')(parameter('subject', subjectDefinition(type)))]
      : []),
    ...tokens.map(define('token')),
    ...(date === undefined ? [] : [define('date')(date)]),
  ];
}

function subjectDefinition(type: string): string {
  return `${type}-subject`;
}
