/**
 * Base R4 resources as sources of all kinds write them: each is valid R4, none was made for a Dutch profile, and each
 * has something that a profile has no room for. The validator must find nothing wrong with what the mapping makes of them.
 */
const loinc = 'http://loinc.org';
const snomed = 'http://snomed.info/sct';
const ucum = 'http://unitsofmeasure.org';
const patient = { reference: 'Patient/p1' };
const coded = (system: string, code: string, display?: string): object => ({
  coding: [{ system, code, ...(display === undefined ? {} : { display }) }],
});
const observationCategory = (code: string): object[] => [
  coded('http://terminology.hl7.org/CodeSystem/observation-category', code),
];
const quantity = (value: number, code: string, unit = code): object => ({ value, unit, system: ucum, code });

const observation = (id: string, category: string, code: string, rest: object): object => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  category: observationCategory(category),
  code: coded(loinc, code),
  subject: patient,
  effectiveDateTime: '2026-02-03T10:00:00+01:00',
  ...rest,
});

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

export const observations: readonly object[] = [
  observation('pounds', 'vital-signs', '29463-7', { valueQuantity: quantity(150, '[lb_av]') }),
  observation('stones', 'vital-signs', '29463-7', { valueQuantity: quantity(11, '[stone_av]') }),
  observation('metres', 'vital-signs', '8302-2', { valueQuantity: quantity(1.83, 'm') }),
  observation('fahrenheit', 'vital-signs', '8310-5', { valueQuantity: quantity(101.3, '[degF]') }),
  observation('beats', 'vital-signs', '8867-4', { valueQuantity: { value: 72, unit: 'slagen/min' } }),
  observation('oxygen', 'vital-signs', '59408-5', { valueQuantity: quantity(97, '%') }),
  observation('year-only', 'vital-signs', '29463-7', {
    effectiveDateTime: '2026',
    valueQuantity: quantity(80, 'kg'),
  }),
  observation('absent', 'vital-signs', '29463-7', {
    dataAbsentReason: coded('http://terminology.hl7.org/CodeSystem/data-absent-reason', 'not-performed'),
  }),
  observation('no-value', 'vital-signs', '29463-7', {}),
  observation('systolic-only', 'vital-signs', '85354-9', {
    component: [{ code: coded(loinc, '8480-6'), valueQuantity: quantity(140, 'mm[Hg]') }],
  }),
  observation('kilopascal', 'vital-signs', '85354-9', {
    component: [
      { code: coded(loinc, '8480-6'), valueQuantity: quantity(18.7, 'kPa') },
      { code: coded(loinc, '8462-4'), valueQuantity: quantity(12, 'kPa') },
    ],
  }),
  observation('pain', 'vital-signs', '72514-3', { valueQuantity: quantity(4, '{score}') }),
  observation('half-pain', 'vital-signs', '72514-3', { valueQuantity: quantity(4.5, '{score}') }),
  observation('smoking', 'social-history', '72166-2', { valueCodeableConcept: coded(snomed, '266919005') }),
  observation('smoking-text', 'social-history', '72166-2', { valueString: 'rookt niet meer' }),
  observation('flagged', 'laboratory', '2345-7', {
    valueQuantity: { value: 5.6, unit: 'mmol/l' },
    interpretation: [coded('http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation', 'H')],
    method: { text: 'enzymatisch' },
    note: [{ text: 'nuchter' }, { text: 'herhaald' }],
    referenceRange: [{ low: quantity(4, 'mmol/L'), high: quantity(5.5, 'mmol/L') }],
  }),
  observation('range', 'laboratory', '1988-5', {
    effectiveDateTime: undefined,
    effectiveInstant: '2026-02-03T10:00:00Z',
    valueRange: { low: quantity(1, 'mg/L'), high: quantity(5, 'mg/L') },
  }),
  observation('positive', 'laboratory', '5196-1', { valueCodeableConcept: coded(snomed, '10828004') }),
  {
    ...observation('local', 'laboratory', 'x', { valueString: 'positief' }),
    code: coded('http://lab.example/codes', 'HBS'),
  },
  observation('survey', 'survey', '44261-6', { valueQuantity: quantity(7, '{score}') }),
];

const product = coded('http://www.nlm.nih.gov/research/umls/rxnorm', '860975', 'metformin 500 MG');
const dosage = {
  text: '1 tablet',
  route: coded(snomed, '26643006', 'Oral route'),
  additionalInstruction: [coded(snomed, '311504000')],
  asNeededCodeableConcept: { text: 'bij pijn' },
  timing: { repeat: { frequency: 2, period: 1, periodUnit: 'd', boundsPeriod: { start: '2026-01-01' } } },
  doseAndRate: [{ doseQuantity: { value: 1, unit: 'tablet' } }],
};

export const medication: readonly object[] = [
  {
    resourceType: 'MedicationRequest',
    id: 'order',
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: product,
    subject: patient,
    authoredOn: '2026-01-01',
    reasonCode: [coded(snomed, '44054006')],
    reasonReference: [{ reference: 'Condition/icd' }, { reference: 'Condition/icpc' }],
    note: [{ text: 'a' }, { text: 'b' }],
    dosageInstruction: [dosage, { route: coded(snomed, '26643006') }],
  },
  {
    resourceType: 'MedicationRequest',
    id: 'proposal',
    status: 'draft',
    intent: 'proposal',
    medicationCodeableConcept: { text: 'iets' },
    subject: patient,
  },
  {
    resourceType: 'MedicationRequest',
    id: 'containing',
    status: 'active',
    intent: 'order',
    contained: [
      { resourceType: 'Medication', id: 'm', meta: { profile: ['http://example.org/x'] }, code: product },
    ],
    medicationReference: { reference: '#m' },
    subject: patient,
  },
  {
    resourceType: 'MedicationStatement',
    id: 'use',
    status: 'stopped',
    statusReason: [coded(snomed, '395009001')],
    medicationCodeableConcept: coded(
      'urn:oid:2.16.840.1.113883.2.4.4.10',
      '12345',
      'PARACETAMOL TABLET 500MG',
    ),
    subject: patient,
    effectiveDateTime: '2026-01-02',
    reasonCode: [coded(snomed, '25064002'), { text: 'koorts' }],
    dosage: [dosage],
  },
  {
    resourceType: 'MedicationDispense',
    id: 'handed-over',
    status: 'completed',
    contained: [
      {
        resourceType: 'Patient',
        id: 'pat',
        identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '999901370' }],
        name: [{ family: 'Bakker' }],
      },
    ],
    medicationCodeableConcept: product,
    subject: { reference: '#pat' },
    quantity: { value: 30, unit: 'stuks' },
    whenHandedOver: '2026-01-03T09:00:00+01:00',
  },
  {
    resourceType: 'MedicationDispense',
    id: 'agreed',
    status: 'in-progress',
    medicationCodeableConcept: product,
    subject: {
      type: 'Patient',
      identifier: { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '999911120' },
      display: 'C.',
    },
    dosageInstruction: [{ text: '2 maal daags' }],
  },
  {
    resourceType: 'Medication',
    id: 'tablet',
    code: product,
    form: coded(snomed, '385055001'),
    ingredient: [{ itemCodeableConcept: coded(snomed, '372567009') }],
  },
];

export const events: readonly object[] = [
  {
    resourceType: 'Encounter',
    id: 'stay',
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v2-0004', code: 'I' },
    subject: patient,
    participant: [{ individual: { reference: 'Practitioner/doc' } }],
    location: [{ location: { reference: 'Location/ward' } }, { location: { display: 'IC' } }],
    period: { start: '2026-01-01', end: '2026-01-04' },
  },
  {
    resourceType: 'Encounter',
    id: 'visit',
    status: 'planned',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
    subject: patient,
    reasonCode: [{ text: 'controle' }],
  },
  {
    resourceType: 'Procedure',
    id: 'words',
    status: 'completed',
    code: { text: 'hechting' },
    subject: patient,
    performedString: 'vorig jaar',
  },
  {
    resourceType: 'Procedure',
    id: 'knee',
    status: 'completed',
    code: coded(snomed, '609588000'),
    subject: patient,
    bodySite: [{ text: 'links' }, { text: 'knie' }],
    performedDateTime: '2020',
  },
  {
    resourceType: 'Immunization',
    id: 'flu',
    status: 'completed',
    vaccineCode: coded('http://hl7.org/fhir/sid/cvx', '140'),
    patient,
    occurrenceDateTime: '2025-10',
    doseQuantity: { value: 0.5, unit: 'ml' },
  },
  {
    resourceType: 'Immunization',
    id: 'unknown',
    status: 'completed',
    vaccineCode: coded('http://hl7.org/fhir/sid/cvx', '999'),
    patient,
    occurrenceString: 'als kind',
    doseQuantity: { value: 1, unit: 'druppel' },
  },
  {
    resourceType: 'Specimen',
    id: 'tube',
    type: { text: 'buis' },
    subject: patient,
    collection: { bodySite: { text: 'arm' } },
  },
  {
    resourceType: 'DiagnosticReport',
    id: 'report',
    status: 'final',
    code: coded(loinc, '58410-2'),
    subject: patient,
    result: [{ reference: 'Observation/flagged' }],
  },
  { resourceType: 'Device', id: 'pacemaker', type: coded(snomed, '14106009'), patient },
  { resourceType: 'Flag', id: 'warning', status: 'active', code: { text: 'valgevaar' }, subject: patient },
];

export const organisations: readonly object[] = [
  {
    resourceType: 'Practitioner',
    id: 'doc',
    identifier: [
      { system: 'http://fhir.nl/fhir/NamingSystem/agb-z', value: '01001234' },
      { system: 'http://fhir.nl/fhir/NamingSystem/big', value: '123' },
    ],
    name: [{ use: 'official', family: 'Smit', given: ['A.'] }],
  },
  {
    resourceType: 'PractitionerRole',
    id: 'role',
    practitioner: { reference: 'Practitioner/doc' },
    specialty: [coded('http://nucc.org/provider-taxonomy', '208D00000X')],
  },
  {
    resourceType: 'Organization',
    id: 'org',
    name: 'Huisartsenpraktijk',
    contact: [{ name: { family: 'Balie' } }],
  },
  {
    resourceType: 'Location',
    id: 'ward',
    name: '5A',
    managingOrganization: { reference: 'Organization/org' },
  },
  {
    resourceType: 'RelatedPerson',
    id: 'wife',
    patient,
    relationship: [{ text: 'echtgenote' }],
    name: [{ use: 'official', given: ['Els'] }],
    gender: 'female',
  },
];

/** All of it as one Bundle of one source. */
export function sourceBundle(): object {
  const resources = [patients, organisations, conditions, allergies, observations, medication, events].flat();
  return { resourceType: 'Bundle', type: 'collection', entry: resources.map((resource) => ({ resource })) };
}
