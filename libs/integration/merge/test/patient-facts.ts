import { getUra, type FhirResource } from '@samenhang/data-model';
import type { SourcedResource } from '../src/index.js';

export const gp = getUra('11111111');
export const hospital = getUra('22222222');
export const pharmacy = getUra('44444444');

const snomed = 'http://snomed.info/sct';
const loinc = 'http://loinc.org';

/** A resource as one of the demo custodians would deliver it; the id is unique per custodian. */
export function at(
  custodian: SourcedResource['custodian'],
  id: string,
  resource: Omit<FhirResource, 'id'>,
): SourcedResource {
  const base = `https://holder-${custodian}.example/fhir`;
  const complete = { ...resource, id } as FhirResource;
  return { custodian, source: base, fullUrl: `${base}/${complete.resourceType}/${id}`, resource: complete };
}

export const concept = (code: string, system = snomed, display?: string) => ({
  coding: [{ system, code, ...(display === undefined ? {} : { display }) }],
});
const status = (code: string) => ({ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/x', code }] });

export function allergy(further: Record<string, unknown> = {}) {
  return {
    resourceType: 'AllergyIntolerance',
    code: concept('373270004', snomed, 'penicilline'),
    category: ['medication'],
    clinicalStatus: status('active'),
    verificationStatus: status('confirmed'),
    ...further,
  };
}

export function problem(further: Record<string, unknown> = {}) {
  return {
    resourceType: 'Condition',
    code: concept('44054006'),
    clinicalStatus: status('active'),
    onsetDateTime: '2019-03-01',
    ...further,
  };
}

export function result(further: Record<string, unknown> = {}) {
  return {
    resourceType: 'Observation',
    status: 'final',
    code: concept('15074-8', loinc),
    effectiveDateTime: '2026-03-01T10:00:00+01:00',
    valueQuantity: { value: 5.4, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
    ...further,
  };
}

export function dispense(further: Record<string, unknown> = {}) {
  return {
    resourceType: 'MedicationDispense',
    status: 'completed',
    medicationCodeableConcept: concept('N02BE01', 'http://www.whocc.no/atc'),
    whenHandedOver: '2026-03-01T10:00:00+01:00',
    quantity: { value: 30, unit: 'stuk' },
    ...further,
  };
}

export const verified = (code: string) => ({ verificationStatus: status(code) });
export const clinical = (code: string) => ({ clinicalStatus: status(code) });
export const numbered = (value: string, system = 'https://hospital.example/orders') => ({
  identifier: [{ system, value }],
});
export const measured = (value: number, unit = 'mmol/L') => ({
  valueQuantity: { value, unit, system: 'http://unitsofmeasure.org', code: unit },
});
