import { coded, loinc, snomed, ucum } from './fhir-elements.js';

const nictiz = 'http://nictiz.nl/fhir/StructureDefinition';
const patient = { reference: 'Patient/p1' };
const extension = (name: string, value: object): object => ({ url: `${nictiz}/${name}`, ...value });
const meta = (name: string): object => ({ meta: { profile: [`${nictiz}/${name}`] } });
const byRole = (id: string): object => ({
  extension: [
    extension('practitionerrole-reference', { valueReference: { reference: `PractitionerRole/${id}` } }),
  ],
  reference: 'Practitioner/visser',
});

/** A patient's data in STU3, in the profiles of BgZ 2017. */
export const stu3Resources: readonly object[] = [
  {
    resourceType: 'Patient',
    id: 'p1',
    meta: { profile: ['http://fhir.nl/fhir/StructureDefinition/nl-core-patient'] },
    identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '900186021' }],
    name: [
      {
        family: 'de Boer',
        given: ['A.', 'Anneke'],
        _given: [
          {
            extension: [
              { url: 'http://hl7.org/fhir/StructureDefinition/iso21090-EN-qualifier', valueCode: 'IN' },
            ],
          },
          {
            extension: [
              { url: 'http://hl7.org/fhir/StructureDefinition/iso21090-EN-qualifier', valueCode: 'CL' },
            ],
          },
        ],
      },
    ],
    telecom: [
      {
        extension: [
          extension('zib-ContactInformation-TelecomType', {
            valueCodeableConcept: coded('http://hl7.org/fhir/v3/AddressUse', 'MC'),
          }),
        ],
        system: 'phone',
        value: '06-12345678',
      },
    ],
    gender: 'female',
    birthDate: '1970-04-01',
    maritalStatus: coded('http://hl7.org/fhir/v3/MaritalStatus', 'M', 'Gehuwd'),
  },
  { resourceType: 'Practitioner', id: 'visser', name: [{ family: 'Visser' }] },
  { resourceType: 'PractitionerRole', id: 'gp', practitioner: { reference: 'Practitioner/visser' } },
  {
    resourceType: 'RelatedPerson',
    id: 'husband',
    extension: [
      {
        url: 'http://fhir.nl/fhir/StructureDefinition/nl-core-relatedperson-role',
        valueCodeableConcept: coded('urn:oid:2.16.840.1.113883.2.4.3.11.22.472', '1'),
      },
    ],
    patient,
    relationship: coded('http://hl7.org/fhir/v3/RoleCode', 'HUSB'),
    name: [{ text: 'J. de Boer' }],
  },
  {
    resourceType: 'Condition',
    id: 'problem',
    ...meta('zib-Problem'),
    clinicalStatus: 'active',
    _clinicalStatus: {
      extension: [extension('code-specification', { valueCodeableConcept: coded(snomed, '55561003') })],
    },
    verificationStatus: 'confirmed',
    code: coded('http://hl7.org/fhir/sid/icd-10-nl', 'G12.2'),
    subject: patient,
    context: { reference: 'Encounter/stay' },
    assertedDate: '2018-02-03',
    asserter: byRole('gp'),
  },
  {
    resourceType: 'AllergyIntolerance',
    id: 'bee',
    ...meta('zib-AllergyIntolerance'),
    clinicalStatus: 'active',
    verificationStatus: 'confirmed',
    category: ['biologic'],
    _category: [
      { extension: [extension('code-specification', { valueCodeableConcept: coded(snomed, '419199007') })] },
    ],
    code: coded(snomed, '288328004', 'Bee venom'),
    patient,
    assertedDate: '2009-11-15',
  },
  {
    resourceType: 'Consent',
    id: 'breathing',
    ...meta('zib-TreatmentDirective'),
    extension: [
      extension('zib-TreatmentDirective-Treatment', { valueCodeableConcept: coded(snomed, '40617009') }),
      {
        url: `${nictiz}/zib-TreatmentDirective-Verification`,
        extension: [
          { url: 'Verified', valueBoolean: true },
          { url: 'VerifiedWith', valueCodeableConcept: coded(snomed, '116154003', 'Patient') },
          { url: 'VerificationDate', valueDateTime: '2018-04-09' },
        ],
      },
    ],
    modifierExtension: [
      extension('zib-TreatmentDirective-TreatmentPermitted', {
        valueCodeableConcept: coded('urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4', 'JA_MAAR'),
      }),
    ],
    status: 'active',
    category: [coded(snomed, '11291000146105')],
    patient,
    period: { start: '2018-04-09' },
    policy: [{ uri: 'http://wetten.overheid.nl/' }],
    except: [
      {
        type: 'deny',
        extension: [extension('zib-TreatmentDirective-Restrictions', { valueString: 'Eerst overleg' })],
      },
    ],
  },
  {
    resourceType: 'Consent',
    id: 'living-will',
    ...meta('zib-AdvanceDirective'),
    extension: [extension('Comment', { valueString: 'penning' })],
    status: 'active',
    category: [
      coded(snomed, '11341000146107'),
      coded('urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4.14.1', 'NR'),
    ],
    patient,
    dateTime: '2018-04-09',
    consentingParty: [{ reference: 'RelatedPerson/husband' }],
    policy: [{ uri: 'http://wetten.overheid.nl/' }],
  },
  {
    resourceType: 'MedicationRequest',
    id: 'agreement',
    ...meta('zib-MedicationAgreement'),
    extension: [
      extension('zib-Medication-PeriodOfUse', { valuePeriod: { start: '2020-06-08' } }),
      extension('zib-Medication-AdditionalInformation', { valueCodeableConcept: { text: 'Let op' } }),
    ],
    intent: 'order',
    category: coded(snomed, '16076005'),
    medicationCodeableConcept: coded(
      'urn:oid:2.16.840.1.113883.2.4.4.10',
      '6939',
      'METOCLOPRAMIDE ZETPIL 20MG',
    ),
    subject: patient,
    authoredOn: '2020-06-08T10:54:23+02:00',
    requester: { agent: byRole('gp') },
    dosageInstruction: [
      {
        text: '1 maal per dag',
        route: coded('urn:oid:2.16.840.1.113883.2.4.4.9', '12', 'rectaal'),
        doseQuantity: {
          value: 1,
          unit: 'stuk',
          system: 'urn:oid:2.16.840.1.113883.2.4.4.1.900.2',
          code: '245',
        },
      },
    ],
  },
  {
    resourceType: 'MedicationStatement',
    id: 'use',
    ...meta('zib-MedicationUse'),
    extension: [extension('zib-MedicationUse-AsAgreedIndicator', { valueBoolean: true })],
    status: 'active',
    category: coded('urn:oid:2.16.840.1.113883.2.4.3.11.60.20.77.5.3', '6'),
    medicationCodeableConcept: coded(
      'urn:oid:2.16.840.1.113883.2.4.4.10',
      '67903',
      'PARACETAMOL TABLET 500MG',
    ),
    effectivePeriod: { start: '2020-07-21' },
    subject: patient,
    taken: 'y',
    dosage: [{ text: 'zo nodig' }],
  },
  {
    resourceType: 'Observation',
    id: 'lab',
    ...meta('zib-LaboratoryTestResult-Observation'),
    status: 'final',
    category: [coded(snomed, '49581000146104'), coded(snomed, '275711006')],
    code: coded(loinc, '2069-3'),
    subject: patient,
    effectiveDateTime: '2012-05-23T12:00:00+02:00',
    valueQuantity: { value: 109, unit: 'mmol/l', system: ucum, code: 'mmol/L' },
    interpretation: coded('http://hl7.org/fhir/v2/0078', 'H'),
    comment: 'hemolytisch',
  },
  {
    resourceType: 'Observation',
    id: 'smokes',
    ...meta('zib-TobaccoUse'),
    status: 'final',
    code: coded(snomed, '365980008'),
    subject: patient,
    effectivePeriod: { start: '1980', end: '1983' },
    valueCodeableConcept: coded(snomed, '8517006'),
    component: [
      {
        code: coded(snomed, '401201003'),
        valueQuantity: { value: 1, unit: 'PackYears', system: ucum, code: '{PackYears}' },
      },
    ],
  },
  {
    resourceType: 'Observation',
    id: 'home',
    ...meta('zib-LivingSituation'),
    status: 'final',
    code: coded(snomed, '365508006'),
    subject: patient,
    valueCodeableConcept: coded('urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4.13.1', 'EENGEZW'),
  },
  {
    resourceType: 'Observation',
    id: 'pressure',
    ...meta('zib-BloodPressure'),
    status: 'final',
    category: [coded('http://hl7.org/fhir/observation-category', 'vital-signs')],
    code: coded(loinc, '85354-9'),
    subject: patient,
    effectiveDateTime: '2013-02-01',
    component: [
      {
        code: coded(loinc, '8480-6'),
        valueQuantity: { value: 120, unit: 'mmHg', system: ucum, code: 'mm[Hg]' },
      },
      {
        code: coded(loinc, '8462-4'),
        valueQuantity: { value: 80, unit: 'mmHg', system: ucum, code: 'mm[Hg]' },
      },
      { code: coded(loinc, '8361-8'), valueCodeableConcept: coded(snomed, '33586001') },
    ],
  },
  {
    resourceType: 'Procedure',
    id: 'knee',
    ...meta('zib-Procedure'),
    status: 'completed',
    category: coded(snomed, '387713003'),
    code: coded(snomed, '60159002'),
    subject: patient,
    performedPeriod: { start: '2012-06-05' },
    performer: [{ actor: byRole('gp') }],
    bodySite: [
      {
        extension: [extension('BodySite-Qualifier', { valueCodeableConcept: coded(snomed, '7771000') })],
        ...coded(snomed, '72696002'),
      },
    ],
  },
  {
    resourceType: 'Encounter',
    id: 'stay',
    ...meta('zib-Encounter'),
    status: 'finished',
    class: { system: 'http://hl7.org/fhir/v3/ActCode', code: 'IMP' },
    subject: patient,
    period: { start: '2012-08-16', end: '2012-08-19' },
    reason: [coded(snomed, '22298006')],
  },
  {
    resourceType: 'Immunization',
    id: 'shot',
    ...meta('zib-Vaccination'),
    status: 'completed',
    notGiven: false,
    vaccineCode: coded('http://www.whocc.no/atc', 'J06BB11'),
    patient,
    date: '1999-03-09',
    primarySource: false,
  },
  {
    resourceType: 'Coverage',
    id: 'insured',
    ...meta('zib-Payer'),
    type: coded('urn:oid:2.16.840.1.113883.2.4.3.11.60.101.5.1', 'B', 'Basis verzekerd'),
    beneficiary: patient,
    payor: [{ display: 'Zorgverzekeraar' }],
  },
  {
    resourceType: 'Flag',
    id: 'mrsa',
    ...meta('zib-Alert'),
    status: 'active',
    category: coded(loinc, '75323-6'),
    code: coded(snomed, '432415000'),
    subject: patient,
  },
  {
    resourceType: 'DeviceUseStatement',
    id: 'hears',
    ...meta('zib-MedicalDevice'),
    status: 'active',
    subject: patient,
    whenUsed: { start: '2007' },
    device: { reference: 'Device/aid' },
    indication: [
      {
        extension: [
          extension('zib-MedicalDevice-Problem', { valueReference: { reference: 'Condition/problem' } }),
        ],
      },
    ],
  },
  {
    resourceType: 'Device',
    id: 'aid',
    ...meta('zib-MedicalDeviceProduct'),
    udi: { deviceIdentifier: '05050474530799', carrierHRF: '{01}05050474530799' },
    type: coded(snomed, '6012004'),
    patient,
  },
  {
    resourceType: 'ProcedureRequest',
    id: 'planned',
    ...meta('zib-ProcedureRequest'),
    status: 'active',
    intent: 'plan',
    code: coded(snomed, '168537006'),
    subject: patient,
    performer: { display: 'Ziekenhuis' },
  },
  {
    resourceType: 'ImmunizationRecommendation',
    id: 'next-shot',
    ...meta('zib-VaccinationRecommendation'),
    patient,
    recommendation: [
      {
        date: '2019',
        vaccineCode: coded('http://www.whocc.no/atc', 'J06BB11'),
        forecastStatus: coded('http://hl7.org/fhir/immunization-recommendation-status', 'due'),
        dateCriterion: [
          {
            code: coded('http://hl7.org/fhir/immunization-recommendation-date-criterion', 'recommended'),
            value: '2019-05-01',
          },
        ],
      },
    ],
  },
  {
    resourceType: 'NutritionOrder',
    id: 'diet',
    ...meta('zib-NutritionAdvice'),
    status: 'active',
    patient,
    dateTime: '2018-01-01',
    oralDiet: { type: [{ text: 'Energie verrijkt' }] },
  },
];

export function stu3Bundle(): object {
  return {
    resourceType: 'Bundle',
    type: 'collection',
    entry: stu3Resources.map((resource) => ({ resource })),
  };
}
