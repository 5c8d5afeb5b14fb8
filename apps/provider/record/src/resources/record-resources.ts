import { dataCategories, guardsOf, type DataCategory } from '@samenhang/data-model';
import { commonParameters, readIndexedParameter, type IndexedParameter } from './indexed-parameter.js';
import standard from './r4-search.json' with { type: 'json' };

/**
 * A type of resource as the record knows it: what is extracted when it is stored, so that searches need not open
 * bodies, and what the data holder's API offers of it.
 */
export interface RecordedType {
  readonly type: string;
  /** Name of the date parameter by which facts of this type are ordered. */
  readonly order?: string;
  /** Element with the clinical code, for cohorts and for grouping. */
  readonly code?: string;
  /**
   * Data categories that a caller must have, all of them, to be given what is in no category of its own. The matrix of
   * roles and the consent register speak of data categories only; what they leave out goes with what it tells about.
   */
  readonly guards: readonly DataCategory[];
  /** Without `_id` and `_lastUpdated`. */
  readonly parameters: readonly IndexedParameter[];
  /** Elements that FHIR marks as part of the summary. */
  readonly summary: readonly string[];
}

interface Entry extends Partial<Pick<RecordedType, 'order' | 'code'>> {
  /** Parameters beyond those of FHIR R4, as `r4-search.json` writes them. */
  readonly more?: readonly string[];
}

const nictiz = 'http://nictiz.nl/fhir/SearchParameter/';
const extension = (name: string): string => `extension(http://nictiz.nl/fhir/StructureDefinition/${name})`;
/** Of MP9, whose three building blocks for medication are the BgZ's. */
const medicationProcess = [
  `period-of-use date ${nictiz}period-of-use ${extension('ext-TimeInterval.Period')}.valuePeriod`,
  `pharmaceutical-treatment-identifier token ${nictiz}pharmaceutical-treatment-identifier ${extension('ext-PharmaceuticalTreatment.Identifier')}.valueIdentifier`,
];
const medicationCategory = `category token ${nictiz}category category`;

const entries: Readonly<Record<string, Entry>> = {
  Patient: {},
  AllergyIntolerance: { order: 'date', code: 'code' },
  Appointment: { order: 'date' },
  CarePlan: { order: 'date' },
  CareTeam: { order: 'date' },
  Composition: { order: 'date', code: 'type' },
  Condition: { order: 'onset-date', code: 'code' },
  Consent: { order: 'date' },
  Coverage: {},
  DeviceRequest: { order: 'authored-on', code: 'codeCodeableConcept' },
  DeviceUseStatement: {},
  DiagnosticReport: { order: 'date', code: 'code' },
  DocumentManifest: { order: 'created', code: 'type' },
  DocumentReference: { order: 'date', code: 'type' },
  Encounter: { order: 'date' },
  EpisodeOfCare: { order: 'date' },
  Flag: {
    order: 'date',
    code: 'code',
    more: [`category token ${nictiz}Flag-category category`],
  },
  Goal: { order: 'start-date' },
  Immunization: { order: 'date', code: 'vaccineCode' },
  ImmunizationRecommendation: { order: 'date' },
  MedicationAdministration: {
    order: 'effective-time',
    code: 'medicationCodeableConcept',
    more: [medicationCategory, medicationProcess[1] ?? ''],
  },
  MedicationDispense: {
    order: 'whenhandedover',
    code: 'medicationCodeableConcept',
    more: [medicationCategory, ...medicationProcess],
  },
  MedicationRequest: { order: 'authoredon', code: 'medicationCodeableConcept', more: medicationProcess },
  MedicationStatement: { order: 'effective', code: 'medicationCodeableConcept', more: medicationProcess },
  NutritionOrder: { order: 'datetime' },
  Observation: { order: 'date', code: 'code' },
  Procedure: { order: 'date', code: 'code' },
  RelatedPerson: {},
  ServiceRequest: { order: 'authored', code: 'code' },
};

/**
 * Types that may come along with an authorised fact. They belong to no data category, so they are never served by
 * themselves.
 */
export const supportingTypes: ReadonlySet<string> = new Set([
  'Device',
  'Location',
  'Medication',
  'Organization',
  'Practitioner',
  'PractitionerRole',
  'Provenance',
  'Specimen',
]);

const known = standard as Readonly<
  Record<string, { readonly search: readonly string[]; readonly summary: string }>
>;

function recordedType(type: string, { more = [], ...entry }: Entry): RecordedType {
  const { search = [], summary = '' } = known[type] ?? {};
  return {
    type,
    ...entry,
    guards: guardsOf(type),
    parameters: [...commonParameters, ...[...search, ...more].map(readIndexedParameter)],
    summary: summary.split(' '),
  };
}

/** The types that are served. */
export const recordedTypes: readonly RecordedType[] = Object.entries(entries).map(([type, entry]) =>
  recordedType(type, entry),
);

/** Of what comes along only the references matter. */
const supporting = [...supportingTypes].map((type) => recordedType(type, {}));
const byType = new Map(recordedTypes.map((recorded) => [recorded.type, recorded]));
const indexedByType = new Map([...recordedTypes, ...supporting].map((recorded) => [recorded.type, recorded]));

/** A type that is served. */
export function findRecordedType(type: string): RecordedType | undefined {
  return byType.get(type);
}

/** A type of which something is extracted when it is stored. */
export function findIndexedType(type: string): RecordedType | undefined {
  return indexedByType.get(type);
}

export function findParameter(type: string, name: string): IndexedParameter | undefined {
  return indexedByType.get(type)?.parameters.find((parameter) => parameter.name === name);
}

/** Data categories that facts of a type can have: what a read by id may have to be decided about. */
export function categoriesOfType(type: string): DataCategory[] {
  return dataCategories
    .filter(({ resourceType }) => resourceType === type)
    .map(({ code: category }) => category);
}
