import { identifierSystems, type FhirResource, type RecordChange } from '@samenhang/data-model';

const FACTS_OF_HUNDRED: readonly (readonly [kind: keyof typeof makers, count: number])[] = [
  ['laboratory', 40],
  ['vitalSign', 20],
  ['condition', 10],
  ['prescription', 10],
  ['encounter', 5],
  ['procedure', 5],
  ['allergy', 3],
  ['immunization', 3],
  ['medicationUse', 2],
  ['dispense', 2],
];

/** Numbers of patients whose copies are others lie below this. */
const NUMBERS = 1_100;

export interface GeneratedPatient {
  readonly id: string;
  readonly bsn: string;
  /** Facts, the Patient itself left out. */
  readonly facts: number;
  /** Id of one of them. */
  readonly factId: (kind: keyof typeof makers, number: number) => string;
}

/**
 * The patient of a number: the same at every run.
 * @param copy of the same facts in another person, none when left out
 */
export function generatedPatient(number: number, facts: number, copy = 0): GeneratedPatient {
  const suffix = copy === 0 ? '' : `-${copy}`;
  return {
    id: `bench-${number}${suffix}`,
    bsn: bsnOf(number + copy * NUMBERS),
    facts,
    factId: (kind, index) => `bench-${number}-${kind}-${index}${suffix}`,
  };
}

/** A patient's facts in the proportions of an ordinary record, spread over ten years. */
export function changesOf({ id, bsn, facts, factId }: GeneratedPatient): RecordChange[] {
  const person: FhirResource = {
    resourceType: 'Patient',
    id,
    identifier: [{ system: identifierSystems.bsn, value: bsn }],
    name: [{ family: 'Proef', given: ['P.'] }],
    gender: 'female',
    birthDate: '1961-04-05',
  };
  const changes = [toChange(person, id)];
  const rounds = Math.ceil(facts / 100);
  for (let round = 0; round < rounds; round += 1)
    for (const [kind, count] of FACTS_OF_HUNDRED)
      for (let index = 0; index < count && changes.length <= facts; index += 1) {
        const number = round * count + index;
        const fact = makers[kind]({ reference: `Patient/${id}` }, number);
        changes.push(toChange({ ...fact, id: factId(kind, number) }, id));
      }
  return changes;
}

/** Where all laboratory results come from. */
export const laboratory: RecordChange = toChange(
  { resourceType: 'Organization', id: 'bench-lab', name: 'Laboratorium' },
  null,
);

function toChange(resource: FhirResource, patientId: string | null): RecordChange {
  const { resourceType, id } = resource;
  return { action: 'put', patientId, resourceType, id, body: JSON.stringify(resource) };
}

interface Subject {
  readonly reference: string;
}
type Fact = Omit<FhirResource, 'id'> & { readonly resourceType: string };

const concept = (system: string, code: string, text: string): object => ({
  coding: [{ system, code, display: text }],
  text,
});
const sct = (code: number | string, text: string): object =>
  concept('http://snomed.info/sct', String(code), text);
const category = (code: string): object[] => [
  { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code }] },
];
const day = (number: number): string =>
  new Date(Date.UTC(2016, 0, 1 + ((number * 37) % 3_650), 9)).toISOString();
const profile = (name: string): object => ({
  meta: { profile: [`http://nictiz.nl/fhir/StructureDefinition/nl-core-${name}`] },
});

const makers = {
  laboratory: (subject: Subject, number: number): Fact => ({
    resourceType: 'Observation',
    ...profile('LaboratoryTestResult'),
    status: 'final',
    category: category('laboratory'),
    code: concept('http://loinc.org', `${2000 + (number % 20)}-3`, 'Kalium [Moles/volume] in Serum'),
    subject,
    effectiveDateTime: day(number),
    performer: [{ reference: 'Organization/bench-lab' }],
    valueQuantity: {
      value: 4 + (number % 10) / 10,
      unit: 'mmol/L',
      system: 'http://unitsofmeasure.org',
      code: 'mmol/L',
    },
    referenceRange: [{ low: { value: 3.5, unit: 'mmol/L' }, high: { value: 5, unit: 'mmol/L' } }],
  }),
  vitalSign: (subject: Subject, number: number): Fact => ({
    resourceType: 'Observation',
    ...profile('BodyWeight'),
    status: 'final',
    category: category('vital-signs'),
    code: concept(
      'http://loinc.org',
      ['29463-7', '8302-2', '85354-9', '8867-4'][number % 4] ?? '',
      'Body weight',
    ),
    subject,
    effectiveDateTime: day(number),
    valueQuantity: { value: 80 + (number % 7), unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
  }),
  condition: (subject: Subject, number: number): Fact => ({
    resourceType: 'Condition',
    ...profile('Problem'),
    clinicalStatus: concept('http://terminology.hl7.org/CodeSystem/condition-clinical', 'active', 'Active'),
    code: sct(44_054_000 + (number % 50), 'Diabetes mellitus type 2'),
    subject,
    onsetDateTime: day(number),
  }),
  prescription: (subject: Subject, number: number): Fact => ({
    resourceType: 'MedicationRequest',
    ...profile('MedicationAgreement'),
    status: 'active',
    intent: 'order',
    category: [sct(33_633_005, 'Prescription of drug')],
    medicationCodeableConcept: concept('http://www.whocc.no/atc', `A10BA${number % 9}`, 'Metformine'),
    subject,
    authoredOn: day(number),
    dosageInstruction: [{ text: '2 maal per dag 1 tablet' }],
  }),
  encounter: (subject: Subject, number: number): Fact => ({
    resourceType: 'Encounter',
    ...profile('Encounter'),
    status: 'finished',
    class: {
      system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
      code: number % 2 === 0 ? 'IMP' : 'AMB',
    },
    subject,
    period: { start: day(number), end: day(number) },
  }),
  procedure: (subject: Subject, number: number): Fact => ({
    resourceType: 'Procedure',
    ...profile('Procedure-event'),
    status: 'completed',
    code: sct(80_146_000 + (number % 20), 'Appendectomy'),
    subject,
    performedDateTime: day(number),
  }),
  allergy: (subject: Subject, number: number): Fact => ({
    resourceType: 'AllergyIntolerance',
    ...profile('AllergyIntolerance'),
    clinicalStatus: concept(
      'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical',
      'active',
      'Active',
    ),
    code: sct(91_936_000 + (number % 9), 'Allergy to penicillin'),
    patient: subject,
    recordedDate: day(number),
  }),
  immunization: (subject: Subject, number: number): Fact => ({
    resourceType: 'Immunization',
    ...profile('Vaccination-event'),
    status: 'completed',
    vaccineCode: sct(86_198_006, 'Influenza vaccination'),
    patient: subject,
    occurrenceDateTime: day(number),
  }),
  medicationUse: (subject: Subject, number: number): Fact => ({
    resourceType: 'MedicationStatement',
    ...profile('MedicationUse2'),
    status: 'active',
    category: sct(422_979_000, 'Medication use'),
    medicationCodeableConcept: concept('http://www.whocc.no/atc', `A10BA${number % 9}`, 'Metformine'),
    subject,
    effectivePeriod: { start: day(number) },
  }),
  dispense: (subject: Subject, number: number): Fact => ({
    resourceType: 'MedicationDispense',
    ...profile('MedicationDispense'),
    status: 'completed',
    category: sct(422_037_009, 'Administration agreement'),
    medicationCodeableConcept: concept('http://www.whocc.no/atc', `A10BA${number % 9}`, 'Metformine'),
    subject,
    whenHandedOver: day(number),
  }),
};

/** A number that passes the eleven test; among a hundred there is one. */
function bsnOf(number: number): string {
  for (let candidate = 900_000_000 + number * 100; ; candidate += 1) {
    const digits = [...String(candidate)].map(Number);
    const sum = digits.reduce((total, digit, at) => total + digit * (at === 8 ? -1 : 9 - at), 0);
    if (sum % 11 === 0) return String(candidate);
  }
}
