export const loinc = 'http://loinc.org';
export const snomed = 'http://snomed.info/sct';
export const ucum = 'http://unitsofmeasure.org';
export const patient = { reference: 'Patient/p1' };
export const coded = (system: string, code: string, display?: string): object => ({
  coding: [{ system, code, ...(display === undefined ? {} : { display }) }],
});
export const observationCategory = (code: string): object[] => [
  coded('http://terminology.hl7.org/CodeSystem/observation-category', code),
];
export const quantity = (value: number, code: string, unit = code): object => ({
  value,
  unit,
  system: ucum,
  code,
});

export const observation = (id: string, category: string, code: string, rest: object): object => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  category: observationCategory(category),
  code: coded(loinc, code),
  subject: patient,
  effectiveDateTime: '2026-02-03T10:00:00+01:00',
  ...rest,
});
