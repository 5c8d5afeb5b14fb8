import { snomed, ucum, patient, coded } from './fhir-elements.js';

export const patients: readonly object[] = [
  {
    resourceType: 'Patient',
    id: 'p1',
    meta: { profile: ['http://example.org/StructureDefinition/unknown'], versionId: '7' },
    language: 'fr-LU',
    identifier: [
      { system: 'urn:oid:2.16.840.1.113883.2.4.6.3', value: '900186021' },
      { system: 'urn:oid:1.2.3', value: 'short-oid' },
    ],
    name: [
      { use: 'official', family: 'Jansen', given: ['Anna', 'M.'], prefix: ['mevrouw'] },
      { use: 'usual', family: 'Jansen' },
      { use: 'maiden', family: 'Vries' },
    ],
    telecom: [
      { system: 'phone', use: 'mobile', value: '06-12345678' },
      { value: 'anna@example.nl' },
      { system: 'url', value: 'https://example.nl' },
      { system: 'email', use: 'old', value: 'oud@example.nl' },
    ],
    gender: 'other',
    birthDate: '1965-03',
    deceasedDateTime: '1960',
    address: [{ line: ['Dorpsstraat 38 a'], city: 'Zwolle', country: 'NL' }, { country: 'UK' }],
    maritalStatus: coded('http://terminology.hl7.org/CodeSystem/v3-MaritalStatus', 'L'),
    multipleBirthInteger: 2,
    contact: [
      {
        relationship: [coded('http://terminology.hl7.org/CodeSystem/v2-0131', 'N')],
        name: { family: 'Jansen', given: ['Piet'] },
        telecom: [{ system: 'phone', use: 'mobile', value: '06-87654321' }],
      },
    ],
    communication: [
      { language: coded('urn:ietf:bcp:47', 'nl-NL'), preferred: true },
      { language: { text: 'Fries' } },
    ],
    extension: [
      { url: 'http://example.org/fhir/StructureDefinition/shoe-size', valueInteger: 39 },
      { url: 'http://hl7.org/fhir/StructureDefinition/patient-birthPlace', valueAddress: { city: 'Delft' } },
    ],
  },
];

export const conditions: readonly object[] = [
  {
    resourceType: 'Condition',
    id: 'icd',
    subject: patient,
    code: coded('http://hl7.org/fhir/sid/icd-10', 'I21.0'),
    onsetAge: { value: 50, system: ucum, code: 'a' },
  },
  {
    resourceType: 'Condition',
    id: 'icpc',
    subject: patient,
    code: coded('http://hl7.org/fhir/sid/icpc-1-nl', 'T90.02'),
    onsetString: 'als kind',
  },
  {
    resourceType: 'Condition',
    id: 'text',
    subject: patient,
    code: { text: 'hoofdpijn' },
    abatementDateTime: '2025',
  },
  {
    resourceType: 'Condition',
    id: 'codeless',
    subject: patient,
    note: [{ text: 'een' }, { text: 'twee', authorString: 'dr. A', time: '2026-01-01' }],
  },
  {
    resourceType: 'Condition',
    id: 'refuted',
    subject: patient,
    clinicalStatus: coded('http://terminology.hl7.org/CodeSystem/condition-clinical', 'active'),
    verificationStatus: coded('http://terminology.hl7.org/CodeSystem/condition-ver-status', 'refuted'),
    code: coded(snomed, '44054006'),
    bodySite: [{ text: 'links' }, coded(snomed, '368208006'), coded(snomed, '368209003')],
    severity: coded(snomed, '24484000'),
  },
  {
    resourceType: 'Condition',
    id: 'error',
    subject: patient,
    verificationStatus: coded(
      'http://terminology.hl7.org/CodeSystem/condition-ver-status',
      'entered-in-error',
    ),
    code: coded(snomed, '44054006'),
  },
];

const active = coded('http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', 'active');
export const allergies: readonly object[] = [
  {
    resourceType: 'AllergyIntolerance',
    id: 'rxnorm',
    patient,
    clinicalStatus: active,
    code: coded('http://www.nlm.nih.gov/research/umls/rxnorm', '7980'),
  },
  {
    resourceType: 'AllergyIntolerance',
    id: 'words',
    patient,
    clinicalStatus: active,
    code: { text: 'pinda' },
    category: ['food'],
  },
  {
    resourceType: 'AllergyIntolerance',
    id: 'both',
    patient,
    clinicalStatus: active,
    code: coded(snomed, '764146007'),
    category: ['food', 'medication'],
  },
  {
    resourceType: 'AllergyIntolerance',
    id: 'reacting',
    patient,
    clinicalStatus: active,
    code: coded(snomed, '764146007'),
    category: ['medication'],
    criticality: 'unable-to-assess',
    onsetAge: { value: 3, system: ucum, code: 'a' },
    note: [{ text: 'een' }, { text: 'twee' }],
    reaction: [
      {
        substance: { text: 'amoxicilline' },
        manifestation: [{ text: 'uitslag' }],
        severity: 'mild',
        exposureRoute: { text: 'oraal' },
      },
    ],
  },
  {
    resourceType: 'AllergyIntolerance',
    id: 'wrong',
    patient,
    verificationStatus: coded(
      'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification',
      'entered-in-error',
    ),
    code: coded(snomed, '764146007'),
  },
];
