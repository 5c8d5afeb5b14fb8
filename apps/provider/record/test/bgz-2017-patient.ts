import type { SourceResource } from './own-server.js';

const sct = 'http://snomed.info/sct';
const loinc = 'http://loinc.org';
const coded = (system: string, code: string): object => ({ coding: [{ system, code }] });
const meta = (name: string): object => ({
  meta: { profile: [`http://nictiz.nl/fhir/StructureDefinition/${name}`] },
});

/** A patient as a server of FHIR STU3 has one, in the profiles of BgZ 2017. */
export function bgz2017Patient(id: string, bsn: string): SourceResource[] {
  const patient = { reference: `Patient/${id}` };
  return [
    {
      resourceType: 'Patient',
      id,
      meta: { profile: ['http://fhir.nl/fhir/StructureDefinition/nl-core-patient'] },
      identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: bsn }],
      name: [{ family: 'de Boer' }],
      gender: 'female',
      birthDate: '1970-04-01',
    },
    {
      resourceType: 'Condition',
      id: `${id}-problem`,
      ...meta('zib-Problem'),
      clinicalStatus: 'active',
      verificationStatus: 'confirmed',
      code: coded(sct, '195967001'),
      subject: patient,
      onsetDateTime: '2018-02',
      assertedDate: '2018-02-03',
    },
    {
      resourceType: 'AllergyIntolerance',
      id: `${id}-bee`,
      ...meta('zib-AllergyIntolerance'),
      clinicalStatus: 'active',
      verificationStatus: 'confirmed',
      category: ['biologic'],
      code: coded(sct, '288328004'),
      patient,
      assertedDate: '2009-11-15',
    },
    ...[5.4, 6.1].map((value, index) => ({
      resourceType: 'Observation',
      id: `${id}-lab-${String(index)}`,
      ...meta('zib-LaboratoryTestResult-Observation'),
      status: 'final',
      category: [coded(sct, '275711006')],
      code: coded(loinc, '2345-7'),
      subject: patient,
      effectiveDateTime: `2026-0${String(index + 3)}-01T12:00:00+02:00`,
      valueQuantity: { value, unit: 'mmol/l', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
    })),
    {
      resourceType: 'Observation',
      id: `${id}-weight`,
      ...meta('zib-BodyWeight'),
      status: 'final',
      category: [coded('http://hl7.org/fhir/observation-category', 'vital-signs')],
      code: coded(loinc, '29463-7'),
      subject: patient,
      effectiveDateTime: '2026-02-01',
      valueQuantity: { value: 71, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
    },
    {
      resourceType: 'MedicationStatement',
      id: `${id}-use`,
      ...meta('zib-MedicationUse'),
      status: 'active',
      category: coded('urn:oid:2.16.840.1.113883.2.4.3.11.60.20.77.5.3', '6'),
      medicationReference: { reference: 'Medication/paracetamol' },
      effectivePeriod: { start: '2020-07-21' },
      subject: patient,
      taken: 'y',
    },
    {
      resourceType: 'Flag',
      id: `${id}-mrsa`,
      ...meta('zib-Alert'),
      status: 'active',
      category: coded(loinc, '75323-6'),
      code: coded(sct, '432415000'),
      subject: patient,
    },
  ];
}

/** What goes with it and is about nobody. */
export const paracetamol: SourceResource = {
  resourceType: 'Medication',
  id: 'paracetamol',
  code: coded('urn:oid:2.16.840.1.113883.2.4.4.10', '67903'),
};
