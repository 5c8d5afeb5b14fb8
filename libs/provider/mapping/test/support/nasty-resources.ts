/**
 * Valid R4 that is easily misread: nothing where something is expected, zero and false, denials, references of every kind,
 * texts in every script.
 */
import { loinc, snomed, coded, ucum } from './fhir-elements.js';

const terminology = 'http://terminology.hl7.org/CodeSystem/';
const absent = (code: string): object => ({
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: code }],
});
export const nastySystem = 'https://zuid.example/patients';
const fullUrl = 'urn:uuid:7a1e7c1e-0000-4000-8000-000000000001';
const subject = { reference: fullUrl };

export const result = (id: string, rest: object): object => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  category: [coded(`${terminology}observation-category`, 'laboratory')],
  code: coded(loinc, '2345-7'),
  subject,
  effectiveDateTime: '2024-05-01T10:00:00+02:00',
  ...rest,
});

const patients = [
  {
    fullUrl,
    resource: {
      resourceType: 'Patient',
      active: false,
      identifier: [
        { system: nastySystem, value: '77' },
        { system: nastySystem, value: '77' },
      ],
      name: [{ family: 'محمد 😀 الحسن', given: ['\u202eAnna'] }],
      _birthDate: absent('unknown'),
      deceasedBoolean: false,
      multipleBirthBoolean: false,
    },
  },
  {
    fullUrl: 'https://ehr.example/fhir/Patient/p2',
    resource: {
      resourceType: 'Patient',
      id: 'p2',
      identifier: [{ system: nastySystem, value: '78' }],
      birthDate: '2024',
      name: [{ _family: absent('masked') }],
      link: [{ other: subject, type: 'seealso' }],
    },
  },
];

const results = [
  result('zero', {
    valueQuantity: { value: 0, comparator: '<', unit: 'mmol/L', system: ucum, code: 'mmol/L' },
    referenceRange: [
      { low: { value: 4, unit: 'mmol/l' }, high: { value: 5.5, unit: 'mmol/l' } },
      { text: 'nuchter' },
    ],
  }),
  result('strange-unit', { valueQuantity: { value: -1, unit: 'frobs' } }),
  result('limits', { valueRange: { low: { value: 0, unit: 'mmol/l' }, high: { value: 5, unit: 'mmol/l' } } }),
  result('titre', { valueRatio: { numerator: { value: 1 }, denominator: { value: 128 } } }),
  result('markup', { valueString: 'niet te <b>bepalen</b> & "zo" 😀' }),
  result('false', { valueBoolean: false }),
  result('none', { valueInteger: 0 }),
  result('clock', { valueTime: '08:30:00' }),
  result('stretch', { valuePeriod: { start: '2024', end: '2024-05' } }),
  result('sampled', {
    valueSampledData: { origin: { value: 0 }, period: 10, dimensions: 1, data: '1 2 3' },
  }),
  result('local-answer', {
    valueCodeableConcept: { coding: [{ system: 'https://lab.example', code: 'x' }], text: 'positief' },
  }),
  result('failed', { dataAbsentReason: coded(`${terminology}data-absent-reason`, 'error') }),
  result('mistaken', { status: 'entered-in-error' }),
  result('year', { effectiveDateTime: '2024' }),
  result('month', { effectiveDateTime: '2024-05' }),
  result('instant', { effectiveDateTime: undefined, effectiveInstant: '2024-05-01T10:00:00.123456-05:00' }),
  result('some-time', { effectiveDateTime: undefined, _effectiveDateTime: absent('unknown') }),
  result('words', { code: { text: 'alleen tekst' } }),
  result('parts', {
    code: coded(loinc, '24323-8'),
    component: [
      { code: coded(loinc, '2345-7'), valueQuantity: { value: 0, unit: 'mmol/l' } },
      { code: { text: 'x' }, valueBoolean: false },
      { code: coded(loinc, '2823-3'), dataAbsentReason: coded(`${terminology}data-absent-reason`, 'masked') },
    ],
  }),
  result('kilopascal', {
    category: undefined,
    code: coded(loinc, '85354-9'),
    component: [
      { code: coded(loinc, '8480-6'), valueQuantity: { value: 16, unit: 'kPa', system: ucum, code: 'kPa' } },
    ],
  }),
  result('pressure-in-words', { category: undefined, code: coded(loinc, '85354-9'), valueString: '120/80' }),
  result('long', { valueString: 'a'.repeat(50_000), note: [{ text: 'één\ntwee' }, { text: '三' }] }),
  result('of-contained', {
    contained: [
      { resourceType: 'Practitioner', id: 'pr', name: [{ family: 'Arts' }] },
      { resourceType: 'Patient', id: 'pp', identifier: [{ system: nastySystem, value: '99' }] },
    ],
    performer: [{ reference: '#pr' }, { display: 'Dr. Naam' }],
    subject: { reference: '#pp' },
  }),
  result('by-number', { subject: { identifier: { system: nastySystem, value: '78' } } }),
  result('by-url', {
    subject: { reference: 'https://ehr.example/fhir/Patient/p2/_history/4' },
    performer: [{ reference: 'https://other.example/fhir/Practitioner/1' }],
  }),
  result('conditional', { subject: { reference: `Patient?identifier=${nastySystem}|78` } }),
];

const statements = [
  {
    resourceType: 'AllergyIntolerance',
    id: 'no-allergy',
    patient: subject,
    code: coded(snomed, '716186003'),
  },
  {
    resourceType: 'AllergyIntolerance',
    id: 'refuted-allergy',
    patient: subject,
    verificationStatus: coded(`${terminology}allergyintolerance-verification`, 'refuted'),
    code: coded(snomed, '764146007'),
  },
  {
    resourceType: 'AllergyIntolerance',
    id: 'mistaken-allergy',
    patient: subject,
    clinicalStatus: coded(`${terminology}allergyintolerance-clinical`, 'active'),
    verificationStatus: coded(`${terminology}allergyintolerance-verification`, 'entered-in-error'),
    code: coded(snomed, '764146007'),
  },
  {
    resourceType: 'Condition',
    id: 'mistaken-problem',
    subject,
    clinicalStatus: coded(`${terminology}condition-clinical`, 'active'),
    verificationStatus: coded(`${terminology}condition-ver-status`, 'entered-in-error'),
    code: coded(snomed, '22298006'),
  },
  {
    resourceType: 'Condition',
    id: 'differential',
    subject,
    clinicalStatus: coded(`${terminology}condition-clinical`, 'active'),
    verificationStatus: coded(`${terminology}condition-ver-status`, 'differential'),
    code: coded(snomed, '22298006'),
    onsetRange: { low: { value: 40, unit: 'a' }, high: { value: 50, unit: 'a' } },
  },
  {
    resourceType: 'MedicationStatement',
    id: 'not-taken',
    status: 'not-taken',
    subject,
    medicationCodeableConcept: { text: 'paracetamol' },
    effectivePeriod: { start: '2024-05-12', end: '2024-05-12T10:00:00Z' },
    dosage: [{ text: 'zo nodig', doseAndRate: [{ doseRange: { low: { value: 0 }, high: { value: 2 } } }] }],
  },
  {
    resourceType: 'MedicationRequest',
    id: 'not-to-take',
    status: 'active',
    intent: 'order',
    doNotPerform: true,
    subject,
    medicationReference: { reference: '#m' },
    contained: [{ resourceType: 'Medication', id: 'm', code: { text: 'ibuprofen' } }],
    dispenseRequest: { numberOfRepeatsAllowed: 0 },
  },
  {
    resourceType: 'Immunization',
    id: 'refused',
    status: 'not-done',
    patient: subject,
    vaccineCode: coded('http://hl7.org/fhir/sid/cvx', '207'),
    occurrenceString: 'ooit',
  },
  {
    resourceType: 'Procedure',
    id: 'not-done',
    status: 'not-done',
    subject,
    code: coded(snomed, '80146002'),
    performedString: 'in 1990',
  },
  {
    resourceType: 'QuestionnaireResponse',
    id: 'answers',
    status: 'completed',
    subject,
    item: [{ linkId: '1', answer: [{ valueBoolean: false }] }],
  },
];

/** All of it as one Bundle, of several patients. */
export function nastyBundle(): object {
  const entry = [...patients, ...[...results, ...statements].map((resource) => ({ resource }))];
  return { resourceType: 'Bundle', type: 'collection', entry };
}
