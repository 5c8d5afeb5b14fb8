import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { typeNames } from './element-table.js';
import { compiledType } from './compile.js';
import { validateResource } from './validate-resource.js';

const patient = () => ({
  resourceType: 'Patient',
  id: 'p-1',
  meta: { lastUpdated: '2026-11-22T10:00:00+01:00' },
  extension: [{ url: 'http://example.org/x', valueBoolean: false }],
  identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '999911120' }],
  name: [
    {
      use: 'official',
      given: ['Anna', null],
      _given: [null, { extension: [{ url: 'http://example.org/q', valueCode: 'IN' }] }],
    },
  ],
  birthDate: '1990-02-28',
  _birthDate: { extension: [{ url: 'http://example.org/accuracy', valueCode: 'AAA' }] },
  deceasedBoolean: false,
});
const observation = () => ({
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '2823-3' }] },
  subject: { reference: 'Patient/p-1' },
  effectiveDateTime: '2026-02-28T08:00:00Z',
  valueQuantity: { value: 4.2, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
  referenceRange: [{ low: { value: 3.5 } }],
});
const found = (resource: unknown) =>
  validateResource(resource).map((issue) => `${issue.code} ${issue.expression}`);
const having = (base: object, changes: object) => ({ ...base, ...changes });

describe('structure of FHIR R4', () => {
  it('accepts valid resources', () => {
    expect(found(patient())).toEqual([]);
    expect(found(observation())).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['no object', 'text', 'structure Resource'],
    ['no type', {}, 'required Resource.resourceType'],
    ['unknown type', { resourceType: 'Patientt' }, 'structure Patientt.resourceType'],
    ['abstract type', { resourceType: 'DomainResource' }, 'structure DomainResource.resourceType'],
    ['type from the prototype', { resourceType: 'constructor' }, 'structure Resource.resourceType'],
    ['unknown element', having(patient(), { nickname: 'x' }), 'structure Patient.nickname'],
    ['an invented name that may be data', having(patient(), { '900186021 Jansen': 1 }), 'structure Patient'],
    [
      'array for a single element',
      having(patient(), { birthDate: ['1990-01-01'] }),
      'structure Patient.birthDate',
    ],
    ['single for an array', having(patient(), { name: { family: 'x' } }), 'structure Patient.name'],
    ['empty array', having(patient(), { name: [] }), 'structure Patient.name'],
    ['empty element', having(patient(), { name: [{}] }), 'invariant Patient.name[0]'],
    ['null', having(patient(), { birthDate: null }), 'structure Patient.birthDate'],
    [
      'null without its extension',
      having(patient(), { name: [{ given: [null] }] }),
      'structure Patient.name[0].given[0]',
    ],
    ['empty string', having(patient(), { name: [{ family: '' }] }), 'value Patient.name[0].family'],
    [
      'control character',
      having(patient(), { name: [{ family: 'a\u0000' }] }),
      'value Patient.name[0].family',
    ],
    ['lone surrogate', having(patient(), { name: [{ family: '\ud800' }] }), 'value Patient.name[0].family'],
    ['30 February', having(patient(), { birthDate: '1990-02-30' }), 'value Patient.birthDate'],
    ['29 February in 1900', having(patient(), { birthDate: '1900-02-29' }), 'value Patient.birthDate'],
    [
      'code not in the value set',
      having(patient(), { name: [{ use: 'primary', family: 'x' }] }),
      'code-invalid Patient.name[0].use',
    ],
    ['string for a boolean', having(patient(), { active: 'true' }), 'structure Patient.active'],
    ['two forms of a choice', having(patient(), { deceasedDateTime: '2020' }), 'structure Patient.deceased'],
    [
      'form that the choice lacks',
      having(patient(), { multipleBirthString: 'x' }),
      'structure Patient.multipleBirthString',
    ],
    [
      'instant without zone',
      having(patient(), { meta: { lastUpdated: '2026-11-22T10:00:00' } }),
      'value Patient.meta.lastUpdated',
    ],
    ['wrong id', having(patient(), { id: 'a/b' }), 'value Patient.id'],
    [
      'ext-1, both',
      having(patient(), {
        extension: [{ url: 'u', valueCode: 'x', extension: [{ url: 'a', valueCode: 'b' }] }],
      }),
      'invariant Patient.extension[0]',
    ],
    ['ext-1, neither', having(patient(), { extension: [{ url: 'u' }] }), 'invariant Patient.extension[0]'],
    [
      'extension without url',
      having(patient(), { _birthDate: { extension: [{ valueCode: 'x' }] } }),
      'required Patient.birthDate.extension[0].url',
    ],
    [
      'active narrative',
      having(patient(), { text: { status: 'generated', div: '<div><script>1</script></div>' } }),
      'value Patient.text.div',
    ],
    ['missing code', { ...observation(), code: undefined }, 'structure Observation.code'],
    [
      'wrong target',
      having(observation(), { subject: { reference: 'Practitioner/1' } }),
      'structure Observation.subject.reference',
    ],
    [
      'zoneless dateTime',
      having(observation(), { effectiveDateTime: '2026-02-28T08:00' }),
      'value Observation.effective',
    ],
    [
      'text for a decimal',
      having(observation(), { valueQuantity: { value: '4.2' } }),
      'structure Observation.value.value',
    ],
    [
      'qty-3',
      having(observation(), { valueQuantity: { value: 4.2, code: 'mmol/L' } }),
      'invariant Observation.value',
    ],
    [
      'nested backbone',
      having(observation(), { component: [{ valueInteger: 0 }] }),
      'required Observation.component[0].code',
    ],
    [
      'contentReference',
      having(observation(), { component: [{ code: { text: 'x' }, referenceRange: [{ low: 3 }] }] }),
      'structure Observation.component[0].referenceRange[0].low',
    ],
    ['obs-6', having(observation(), { dataAbsentReason: { text: 'x' } }), 'invariant Observation'],
    [
      'nested contained',
      having(patient(), { contained: [{ ...patient(), contained: [{ resourceType: 'Patient' }] }] }),
      'invariant Patient.contained[0].contained',
    ],
    [
      'required binding on a concept',
      { resourceType: 'Condition', subject: { reference: 'Patient/1' }, clinicalStatus: { text: 'actief' } },
      'code-invalid Condition.clinicalStatus',
    ],
    [
      'ait-1',
      { resourceType: 'AllergyIntolerance', patient: { reference: 'Patient/1' } },
      'invariant AllergyIntolerance',
    ],
    [
      'inside a Bundle',
      {
        resourceType: 'Bundle',
        type: 'batch',
        entry: [
          { resource: patient(), request: { method: 'PUT', url: 'x' } },
          {
            resource: { resourceType: 'Observation', status: 'final' },
            request: { method: 'PUT', url: 'x' },
          },
        ],
      },
      'required Bundle.entry[1].resource.code',
    ],
    [
      'inside Parameters',
      { resourceType: 'Parameters', parameter: [{ name: 'a', part: [{ name: 'b', valueDate: 'x' }] }] },
      'value Parameters.parameter[0].part[0].value',
    ],
    [
      'period that ends before it starts',
      having(patient(), { name: [{ period: { start: '2020-05', end: '2020-04-30' } }] }),
      'invariant Patient.name[0].period',
    ],
  ])('refuses %s', (_, resource, finding) => {
    expect(found(resource)).toContain(finding);
  });

  it('reports a missing required element at that element', () => {
    const { code: _, ...rest } = observation();
    expect(found(rest)).toEqual(['required Observation.code']);
  });

  it('keeps every value out of its texts', () => {
    const issues = validateResource(
      having(patient(), { birthDate: 'Jansen', gender: 'geheim', telecom: 900186021 }),
    );
    expect(issues).toHaveLength(3);
    expect(JSON.stringify(issues)).not.toMatch(/Jansen|geheim|900186021/);
  });

  it('survives hostile nesting', () => {
    let extension: object = { url: 'u', valueCode: 'x' };
    for (let depth = 0; depth < 5_000; depth += 1) extension = { url: 'u', extension: [extension] };
    expect(found(having(patient(), { extension: [extension] }))[0]).toMatch(/^too-long/);
  });

  it('never throws, whatever the JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) =>
        Array.isArray(validateResource(having(patient(), { name: value, contained: value, text: value }))),
      ),
    );
  });

  it('can compile every type of the table', () => {
    for (const name of typeNames) expect(compiledType(name).properties.size).toBeGreaterThan(0);
  });
});

const synthea = join(import.meta.dirname, '../../../../../shared/synthea/bundles');
describe.skipIf(!existsSync(synthea))('Synthea bundles (../shared/synthea/bundles)', () => {
  const bundles = existsSync(synthea) ? readdirSync(synthea).filter((file) => file.endsWith('.json')) : [];
  const read = (file: string) =>
    JSON.parse(readFileSync(join(synthea, file), 'utf8')) as {
      entry: { resource: Record<string, unknown> }[];
    };

  it.each(bundles)('accepts %s', (file) => {
    expect(validateResource(read(file)).slice(0, 5)).toEqual([]);
  });

  it('notices an extra element and a wrong type anywhere', () => {
    for (const { resource } of read(bundles[0] ?? '').entry.slice(0, 300)) {
      expect(found(having(resource, { foo: 1 }))).toContain(
        `structure ${String(resource['resourceType'])}.foo`,
      );
      for (const key of Object.keys(resource).filter((name) => name !== 'resourceType')) {
        expect(found(having(resource, { [key]: { wrong: true } })).length, key).toBeGreaterThan(0);
      }
    }
  });
});
