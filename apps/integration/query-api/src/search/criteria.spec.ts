import { identifierSystems, type FhirResource } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { describe, expect, it } from 'vitest';
import { readSearchQuestion } from './search-question.js';

const ucum = 'http://unitsofmeasure.org';
const loinc = (code: string) => ({ coding: [{ system: 'http://loinc.org', code }] });
const pressure: FhirResource = {
  resourceType: 'Observation',
  id: 'pressure',
  code: loinc('85354-9'),
  component: [
    { code: loinc('8480-6'), valueQuantity: { value: 16, system: ucum, code: 'kPa' } },
    { code: loinc('8462-4'), valueQuantity: { value: 80, system: ucum, code: 'mm[Hg]' } },
    { code: loinc('8357-6'), valueCodeableConcept: loinc('LA11137-1') },
  ],
};
const creatinine: FhirResource = {
  resourceType: 'Observation',
  id: 'creatinine',
  code: loinc('14682-9'),
  valueQuantity: { value: 110, unit: 'µmol/l', system: ucum, code: 'umol/L' },
};
const diabetes: FhirResource = {
  resourceType: 'Condition',
  id: 'diabetes',
  meta: { profile: ['http://example.org/fhir/StructureDefinition/problem'] },
  code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-nl', code: 'E11.9' }] },
  identifier: [
    { type: { coding: [{ system: 'urn:types', code: 'PLAC' }] }, system: 'urn:oid:1.2.3', value: 'C-7' },
  ],
};

function read(type: string, criteria: string, prefer?: string) {
  const [name = '', value = ''] = criteria.split('=');
  const form = { 'patient.identifier': `${identifierSystems.bsn}|900186021`, [name]: value };
  return readSearchQuestion({ type, form, prefer });
}

describe('a criterion', () => {
  it.each([
    [pressure, `component-value-quantity=120|${ucum}|mm[Hg]`, true],
    [pressure, 'component-code-value-quantity=8480-6$gt110||mm[Hg]', true],
    [pressure, 'component-code-value-quantity=8462-4$gt110||mm[Hg]', false],
    [pressure, 'component-code-value-quantity=8480-6$80||mm[Hg]', false],
    [pressure, 'component-code-value-concept=8357-6$LA11137-1', true],
    [pressure, 'component-code-value-concept=8480-6$LA11137-1', false],
    [pressure, 'combo-code-value-quantity=8480-6$gt110||mm[Hg]', true],
    [pressure, 'code-value-quantity=8480-6$gt110||mm[Hg]', false],
    [creatinine, 'combo-code-value-quantity=14682-9$gt0.1||mmol/L', true],
    [creatinine, 'code-value-quantity=14682-9$0.11||mmol/L', true],
    [creatinine, 'code-value-quantity=14682-9$0.11||mg/L', false],
    [creatinine, `value-quantity=lt0.2|${ucum}|mmol/L`, true],
    [creatinine, 'value-quantity=110||µmol/l', true],
    [creatinine, 'value-quantity=110||furlong', false],
    [diabetes, 'code:below=http://hl7.org/fhir/sid/icd-10-nl|E11', true],
    [diabetes, 'code:below=http://hl7.org/fhir/sid/icd-10-nl|E12', false],
    [diabetes, 'code:above=http://hl7.org/fhir/sid/icd-10-nl|E11.90', true],
    [diabetes, 'identifier:of-type=urn:types|PLAC|C-7', true],
    [diabetes, 'identifier:of-type=urn:types|FILL|C-7', false],
    [diabetes, '_profile:below=http://example.org/fhir', true],
    [diabetes, '_profile:above=http://example.org/fhir/StructureDefinition/problem/part', true],
    [diabetes, '_profile:above=http://example.org/fhir', false],
  ])('of $resourceType: %s is %s', (resource, criteria, expected) => {
    const { tests } = read(resource.resourceType, criteria);
    expect(tests.every((test) => test(resource))).toBe(expected);
  });

  it.each([
    'code:in=x',
    'code:not-in=x',
    'code:below=http://snomed.info/sct|73211009',
    'code:below=E11',
    'onset-date:below=2020',
    '_has:Observation:patient:code=x',
    'asserter.name=x',
    '_filter=code eq 1',
  ])('%s is refused, and says what, whatever is preferred', (criteria) => {
    for (const prefer of ['handling=strict', 'handling=lenient']) {
      const refused = (() => {
        try {
          return read('Condition', criteria, prefer);
        } catch (failure) {
          return failure;
        }
      })();
      expect(refused).toBeInstanceOf(Failure);
      const [issue] = (refused as Failure).issues;
      expect(issue?.code).toBe('not-supported');
      expect(issue?.text).toContain(criteria.split('=', 1)[0]);
    }
  });
});
