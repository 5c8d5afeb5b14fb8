import { describe, expect, it } from 'vitest';
import type { FhirResource } from '@samenhang/data-model';
import { sourceBundle } from './support/fhir-resources.js';
import { accept, fhir, only, profile, puts, resources } from './support/messages.js';

const snomed = 'http://snomed.info/sct';
const source = (sourceBundle() as { entry: { resource: FhirResource }[] }).entry.map(
  ({ resource }) => resource,
);
const mapped = (type: string, id: string): FhirResource => {
  const resource = source.find((one) => one.resourceType === type && one.id === id);
  return only(accept(fhir(resource)), type);
};
const withProfile = (name: string): object => ({ meta: { profile: profile(name) } });
const onBase = (reason: string): object => ({
  meta: { tag: [{ system: 'https://samenhang.example/fhir/CodeSystem/base-reason', code: reason }] },
});

describe('a problem', () => {
  it('in ICD-10 also has the code of the Dutch edition', () => {
    expect(mapped('Condition', 'icd')).toMatchObject({
      ...withProfile('nl-core-Problem'),
      code: {
        coding: [
          { system: 'http://hl7.org/fhir/sid/icd-10' },
          { system: 'http://hl7.org/fhir/sid/icd-10-nl', code: 'I21.0' },
        ],
      },
      onsetAge: { value: 50 },
    });
  });

  it('in words only stays base R4 with its words', () => {
    expect(mapped('Condition', 'text')).toMatchObject({
      ...onBase('unmapped-code'),
      code: { text: 'hoofdpijn' },
      clinicalStatus: { coding: [{ code: 'inactive' }] },
    });
  });

  it('that is refuted says so in both code lists, and keeps what has no place in the note', () => {
    expect(mapped('Condition', 'refuted')).toMatchObject({
      ...withProfile('nl-core-Problem'),
      verificationStatus: { coding: [{ code: 'refuted' }, { system: snomed, code: '410516002' }] },
      bodySite: [{ coding: [{ code: '368208006' }] }],
      note: [{ text: `Body site: links\nBody site: 368209003 [${snomed}|368209003]` }],
    });
  });

  it('with several notes has one, each with its author', () => {
    expect(mapped('Condition', 'codeless')['note']).toEqual([{ text: 'een\ntwee (dr. A, 2026-01-01)' }]);
  });
});

describe('an allergy', () => {
  it.each([['rxnorm'], ['words']])('without a Dutch code stays base R4 (%s)', (id) => {
    expect(mapped('AllergyIntolerance', id)).toMatchObject(onBase('unmapped-code'));
  });

  it('has the category in the code of the zib, and a reaction in words where codes do not fit', () => {
    expect(mapped('AllergyIntolerance', 'reacting')).toMatchObject({
      ...withProfile('nl-core-AllergyIntolerance'),
      _category: [
        { extension: [{ valueCodeableConcept: { coding: [{ system: snomed, code: '419511003' }] } }] },
      ],
      reaction: [
        { note: [{ text: 'Substance: amoxicilline' }, { text: 'Exposure route: oraal' }], severity: 'mild' },
      ],
    });
  });
});

describe('a measurement', () => {
  it.each([
    ['pounds', 'nl-core-BodyWeight', 68.0388555, 'kg', 'Measured as 150 [lb_av]'],
    ['metres', 'nl-core-BodyHeight', 183, 'cm', 'Measured as 1.83 m'],
    ['fahrenheit', 'nl-core-BodyTemperature', 38.5, 'Cel', 'Measured as 101.3 [degF]'],
  ])('in %s is converted to the unit of %s, and says how it was measured', (id, name, value, code, note) => {
    expect(mapped('Observation', id)).toMatchObject({
      ...withProfile(name),
      valueQuantity: { value, code },
      note: [{ text: note }],
    });
  });

  it('with a unit in words gets its UCUM code', () => {
    expect(mapped('Observation', 'beats')).toMatchObject({
      ...withProfile('nl-core-HeartRate'),
      valueQuantity: { value: 72, unit: 'slagen/min', code: '/min' },
    });
  });

  it('of oxygen has both codes that the profile wants', () => {
    expect(mapped('Observation', 'oxygen')).toMatchObject({
      ...withProfile('nl-core-O2Saturation'),
      code: { coding: [{ code: '2708-6' }, { code: '59408-5' }] },
    });
  });

  it.each([
    ['stones', 'out-of-range'],
    ['year-only', 'incomplete'],
    ['no-value', 'incomplete'],
    ['half-pain', 'out-of-range'],
    ['smoking-text', 'out-of-range'],
    ['local', 'unmapped-code'],
    ['survey', 'no-zib'],
  ])('%s stays base R4: %s', (id, reason) => {
    expect(mapped('Observation', id)).toMatchObject(onBase(reason));
  });

  it('of blood pressure without the diastolic part says that it is absent', () => {
    expect(mapped('Observation', 'systolic-only')['component']).toMatchObject([
      { valueQuantity: { value: 140 } },
      { code: { coding: [{ code: '8462-4' }] }, dataAbsentReason: { coding: [{ code: 'unknown' }] } },
    ]);
  });

  it('of pain on the numeric scale is a whole number with that method', () => {
    expect(mapped('Observation', 'pain')).toMatchObject({
      ...withProfile('nl-core-PainScore'),
      valueInteger: 4,
      method: { coding: [{ code: 'NRS' }] },
    });
  });

  it('of the laboratory has the flag of the zib before that of FHIR', () => {
    expect(mapped('Observation', 'flagged')).toMatchObject({
      ...withProfile('nl-core-LaboratoryTestResult'),
      valueQuantity: { value: 5.6, code: 'mmol/L' },
      interpretation: [{ coding: [{ system: snomed, code: '281302008' }, { code: 'H' }] }],
      note: [{ text: 'nuchter\nherhaald\nMethod: enzymatisch' }],
    });
  });
});

describe('medication', () => {
  it('that is ordered is an agreement with its product apart, and nothing of it lost', () => {
    const sent = source.find(({ id }) => id === 'order');
    const result = accept(fhir(sent));
    const product = only(result, 'Medication');
    expect(product).toMatchObject({
      ...withProfile('mp-PharmaceuticalProduct'),
      code: { coding: [{ code: '860975' }] },
    });
    expect(puts(result).find(({ resource }) => resource.id === product.id)?.patientId).toBeNull();
    const request = only(result, 'MedicationRequest');
    expect(request).toMatchObject({
      ...withProfile('mp-MedicationAgreement'),
      category: [{ coding: [{ system: snomed, code: '33633005' }] }],
      medicationReference: { reference: `Medication/${product.id}`, display: 'metformin 500 MG' },
      dosageInstruction: [
        { text: '1 tablet', asNeededCodeableConcept: { coding: [{ code: 'OTH' }], text: 'bij pijn' } },
      ],
    });
    expect(JSON.stringify(request['note'])).toMatch(/Route: Oral route .*26643006.*Indication: .*44054006/);
    expect(request['reasonReference']).toHaveLength(1);
    expect(request['supportingInformation']).toHaveLength(1);
  });

  it.each([
    ['MedicationStatement', 'use', 'mp-MedicationUse2'],
    ['MedicationDispense', 'handed-over', 'mp-MedicationDispense'],
    ['MedicationDispense', 'agreed', 'mp-AdministrationAgreement'],
  ])('%s %s is %s', (type, id, name) => {
    expect(mapped(type, id)).toMatchObject(withProfile(name));
  });

  it('that is only proposed is no agreement', () => {
    expect(mapped('MedicationRequest', 'proposal')).toMatchObject(onBase('no-zib'));
  });

  it('of a contained patient belongs to that patient', () => {
    const result = accept(fhir(source.find(({ id }) => id === 'handed-over')));
    const patient = only(result, 'Patient');
    expect(patient).toMatchObject({ identifier: [{ value: '999901370' }, {}], name: [{ family: 'Bakker' }] });
    expect(only(result, 'MedicationDispense')).toMatchObject({
      subject: { reference: `Patient/${patient.id}` },
    });
    expect(only(result, 'MedicationDispense')).not.toHaveProperty('contained');
  });
});

it('a vaccine in CVX also has its ATC code; one without stays base R4', () => {
  expect(mapped('Immunization', 'flu')).toMatchObject({
    ...withProfile('nl-core-Vaccination-event'),
    vaccineCode: { coding: [{ code: '140' }, { system: 'http://www.whocc.no/atc', code: 'J07BB02' }] },
  });
  expect(mapped('Immunization', 'unknown')).toMatchObject(onBase('unmapped-code'));
});

it('a profile that the source claims and that nobody here decides on is taken at its word', () => {
  const claimed = {
    ...source.find(({ id }) => id === 'warning'),
    meta: { profile: profile('nl-core-MedicationContraIndication') },
  };
  expect(only(accept(fhir(claimed)), 'Flag')).toMatchObject(
    withProfile('nl-core-MedicationContraIndication'),
  );
});

it('each resource carries exactly one identifier that its custodian gave', () => {
  for (const { resource } of puts(accept(fhir(sourceBundle())))) {
    const given = (
      (resource['identifier'] ?? []) as { assigner?: { identifier?: { value?: string } } }[]
    ).filter(({ assigner }) => assigner?.identifier?.value === '22222222');
    expect(given).toHaveLength(1);
  }
  expect(resources(accept(fhir(sourceBundle())), 'Patient')).toHaveLength(3);
});
