/** What each kind of source says of the zibs: the messages of the other tests, and what those leave out. */
import type { SourceMessage } from '@samenhang/mapping';
import { bgzDocument } from './bgz-document.js';
import { careMessages } from './care-messages.js';
import { medicationActs, nutritionAdvice, plan, vaccinationsInOneEntry } from './cda-acts.js';
import { code, concept, documentOf, medicationDocument, observation } from './cda-statements.js';
import { coded, loinc, snomed } from './fhir-elements.js';
import { sourceBundle } from './fhir-resources.js';
import { hospitalMessages } from './hospital-messages.js';
import { laboratoryTable } from './laboratory-table.js';
import { fhir, hl7, msh, settings, source } from './messages.js';
import { nastyBundle } from './nasty-resources.js';
import { oddBundles } from './odd-sources.js';
import { stu3Bundle } from './stu3-resources.js';

const measured = (value: number, unit: string): object => ({
  valueQuantity: { value, unit, system: 'http://unitsofmeasure.org', code: unit },
});
const nullFlavor = 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor';
const loincOid = 'codeSystem="2.16.840.1.113883.6.1"';

/** Vital signs by LOINC, with a value in the unit of the zib. */
const vitalSigns: readonly (readonly [string, number, string])[] = [
  ['29463-7', 70, 'kg'],
  ['8302-2', 170, 'cm'],
  ['8310-5', 37.5, 'Cel'],
  ['8867-4', 60, '/min'],
  ['59408-5', 97, '%'],
  ['9843-4', 35, 'cm'],
];
/** Use of tobacco, alcohol and drugs, with a status of the zib. */
const uses: readonly (readonly [string, string])[] = [
  ['365980008', '449868002'],
  ['228273003', '219006'],
  ['228366006', '417284009'],
];

/** In a form that STU3 and R4 share. */
function moreResources(): object {
  const patient = { reference: 'Patient/p1' };
  const medicationCodeableConcept = { text: 'metoprolol' };
  const observed = {
    resourceType: 'Observation',
    status: 'final',
    subject: patient,
    effectiveDateTime: '2020-01-02',
  };
  const resources = [
    {
      resourceType: 'Patient',
      id: 'p1',
      identifier: [{ system: 'https://noord.example/patients', value: '4711' }],
    },
    ...vitalSigns.map(([loincCode, value, unit]) => ({
      ...observed,
      id: loincCode,
      code: coded(loinc, loincCode),
      ...measured(value, unit),
    })),
    ...uses.map(([use, status]) => ({
      ...observed,
      id: use,
      code: coded(snomed, use),
      valueCodeableConcept: coded(snomed, status),
    })),
    {
      ...observed,
      id: 'walking',
      category: [coded(snomed, '118228005')],
      code: coded(snomed, '282145008'),
      valueCodeableConcept: coded(snomed, '62013009'),
    },
    ...['365508006', '272497004', '118871000146108', '224249004'].map((part) => ({
      ...observed,
      id: part,
      code: coded(snomed, part),
      ...(part === '365508006' ? {} : { valueCodeableConcept: coded(nullFlavor, 'OTH') }),
    })),
    { ...observed, id: 'pain', code: coded(snomed, '225908003'), valueQuantity: { value: 3 } },
    {
      resourceType: 'MedicationDispense',
      id: 'ta',
      status: 'in-progress',
      category: coded(snomed, '422037009'),
      subject: patient,
      medicationCodeableConcept,
      dosageInstruction: [{ text: '1 x' }],
    },
    {
      resourceType: 'MedicationDispense',
      id: 'mve',
      status: 'completed',
      category: coded(snomed, '373784005'),
      subject: patient,
      medicationCodeableConcept,
    },
    {
      resourceType: 'MedicationAdministration',
      id: 'mtd',
      status: 'completed',
      subject: patient,
      effectiveDateTime: '2020-01-02T10:00:00Z',
      medicationCodeableConcept,
    },
    { resourceType: 'CareTeam', id: 'team', status: 'active', subject: patient },
    { resourceType: 'EpisodeOfCare', id: 'episode', status: 'active', patient },
    { resourceType: 'Location', id: 'ward', name: 'Afdeling 5' },
    { resourceType: 'Organization', id: 'hospital', name: 'Ziekenhuis' },
    {
      resourceType: 'Organization',
      id: 'insurer',
      identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/uzovi', value: '3311' }],
    },
    { resourceType: 'Coverage', id: 'own', status: 'active', beneficiary: patient, payor: [patient] },
    { resourceType: 'Specimen', id: 'blood', subject: patient, type: coded(snomed, '119297000') },
    {
      resourceType: 'DiagnosticReport',
      id: 'ct',
      status: 'final',
      subject: patient,
      code: coded(snomed, '363679005'),
      conclusion: 'Geen fractuur',
    },
  ];
  return { resourceType: 'Bundle', type: 'collection', entry: resources.map((resource) => ({ resource })) };
}

const moreDocuments = [
  medicationDocument,
  medicationActs,
  nutritionAdvice,
  plan,
  vaccinationsInOneEntry,
  documentOf(
    '8716-3',
    ...vitalSigns.map(([loincCode, value, unit]) =>
      observation(
        `${code(loincCode, loincOid)}<effectiveTime value="20240101"/><value xsi:type="PQ" value="${value}" unit="${unit}"/>`,
      ),
    ),
    observation(`${code('225908003')}<effectiveTime value="20240101"/><value xsi:type="INT" value="3"/>`),
  ),
  documentOf('29762-2', ...uses.map(([use, status]) => observation(`${code(use)}${concept(status)}`))),
  documentOf(
    '46240-8',
    '<encounter classCode="ENC" moodCode="EVN"><effectiveTime value="20240101"/><participant typeCode="LOC"><participantRole><playingEntity><name>Polikliniek</name></playingEntity></participantRole></participant></encounter>',
  ),
];

const moreOfHl7 = [
  msh('ADT^A01^ADT_A01'),
  'EVN|A01|20260301',
  'PID|1||1234567^^^^PI||Jansen^Anna',
  ...vitalSigns.map(
    ([loincCode, value, unit], index) =>
      `OBX|${index + 1}|NM|${loincCode}^x^LN||${value}|${unit}|||||F|||20260301`,
  ),
  ...uses.map(
    ([use, status], index) => `OBX|${index + 10}|CWE|${use}^x^SCT||${status}^y^SCT||||||F|||20260301`,
  ),
];

const cda = (document: string): SourceMessage => ({
  ...source,
  format: 'cda',
  content: Buffer.from(document),
});
const stu3 = (bundle: object): SourceMessage => ({ ...fhir(bundle), format: 'fhir-stu3' });

export const feeds: Readonly<Record<string, readonly SourceMessage[]>> = {
  'HL7 v2': [...hospitalMessages, ...Object.values(careMessages), moreOfHl7].map((segments) =>
    hl7(...segments),
  ),
  'FHIR R4': [sourceBundle(), nastyBundle(), moreResources(), ...Object.values(oddBundles)].map(fhir),
  STU3: [stu3Bundle(), moreResources()].map(stu3),
  CDA: [bgzDocument, ...moreDocuments].map(cda),
  rows: [
    {
      ...source,
      settings: { ...settings, table: laboratoryTable },
      format: 'table-row',
      content: Buffer.from(
        JSON.stringify({
          patnr: '4711',
          naam: 'Jansen',
          monster: 'M1',
          bepaling: 'KAL',
          uitslag: '4,10',
          eenheid: 'mmol/l',
        }),
      ),
    },
  ],
};
