/**
 * What an element becomes before it leaves the holder. There is no rule for texts, identifiers, names or references to
 * anything but the patient and encounters: what no rule is for cannot be asked for.
 */
export type ElementRule =
  /** A primitive of a closed list of FHIR, a boolean or a number. */
  | 'plain'
  /** A CodeableConcept or several: the codes of public code systems, without their displays and texts. */
  | 'concept'
  | 'coding'
  /** A Quantity: value and UCUM unit. */
  | 'quantity'
  | 'moment'
  | 'period'
  /** A reference to an Encounter of the same holder, under the key that it has for the project. */
  | 'encounter'
  /** The year; one for all who are 90 or older. */
  | 'birth-date'
  /** The first two digits of postal codes. */
  | 'postcode-region';

type Rules = Readonly<Record<string, ElementRule>>;

/** Per type of resource the elements that a permit can give. The patient of a fact always comes along, as a pseudonym. */
const datasetRules = {
  Patient: {
    gender: 'plain',
    birthDate: 'birth-date',
    address: 'postcode-region',
    deceasedBoolean: 'plain',
    deceasedDateTime: 'moment',
  },
  Condition: {
    clinicalStatus: 'concept',
    verificationStatus: 'concept',
    category: 'concept',
    severity: 'concept',
    code: 'concept',
    bodySite: 'concept',
    onsetDateTime: 'moment',
    onsetPeriod: 'period',
    abatementDateTime: 'moment',
    recordedDate: 'moment',
    encounter: 'encounter',
  },
  AllergyIntolerance: {
    clinicalStatus: 'concept',
    verificationStatus: 'concept',
    type: 'plain',
    criticality: 'plain',
    code: 'concept',
    recordedDate: 'moment',
    encounter: 'encounter',
  },
  MedicationRequest: {
    status: 'plain',
    intent: 'plain',
    category: 'concept',
    medicationCodeableConcept: 'concept',
    authoredOn: 'moment',
    encounter: 'encounter',
  },
  MedicationDispense: {
    status: 'plain',
    category: 'concept',
    medicationCodeableConcept: 'concept',
    quantity: 'quantity',
    daysSupply: 'quantity',
    whenHandedOver: 'moment',
    context: 'encounter',
  },
  MedicationStatement: {
    status: 'plain',
    category: 'concept',
    medicationCodeableConcept: 'concept',
    effectiveDateTime: 'moment',
    effectivePeriod: 'period',
    context: 'encounter',
  },
  Observation: {
    status: 'plain',
    category: 'concept',
    code: 'concept',
    effectiveDateTime: 'moment',
    effectivePeriod: 'period',
    valueQuantity: 'quantity',
    valueCodeableConcept: 'concept',
    valueBoolean: 'plain',
    valueInteger: 'plain',
    interpretation: 'concept',
    bodySite: 'concept',
    method: 'concept',
    encounter: 'encounter',
  },
  Encounter: { status: 'plain', class: 'coding', type: 'concept', period: 'period' },
  Procedure: {
    status: 'plain',
    category: 'concept',
    code: 'concept',
    bodySite: 'concept',
    performedDateTime: 'moment',
    performedPeriod: 'period',
    encounter: 'encounter',
  },
  Immunization: {
    status: 'plain',
    vaccineCode: 'concept',
    occurrenceDateTime: 'moment',
    encounter: 'encounter',
  },
} as const satisfies Readonly<Record<string, Rules>>;

export type DatasetType = keyof typeof datasetRules;
export const datasetTypes = Object.keys(datasetRules) as readonly DatasetType[];

/** One type of resource and which of its elements. */
export interface Dataset {
  readonly type: DatasetType;
  readonly elements: readonly string[];
}

export function isDatasetType(type: unknown): type is DatasetType {
  return typeof type === 'string' && Object.hasOwn(datasetRules, type);
}

/** The rule for an element; undefined for one that no permit gives. */
export function ruleOf(type: DatasetType, element: string): ElementRule | undefined {
  const rules: Rules = datasetRules[type];
  return Object.hasOwn(rules, element) ? rules[element] : undefined;
}

export function elementsOf(type: DatasetType): readonly string[] {
  return Object.keys(datasetRules[type]);
}

/** The element that names the patient of a fact. */
export function subjectElementOf(type: DatasetType): 'subject' | 'patient' | undefined {
  if (type === 'Patient') return undefined;
  return type === 'AllergyIntolerance' || type === 'Immunization' ? 'patient' : 'subject';
}
