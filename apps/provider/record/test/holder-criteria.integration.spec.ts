import type { FhirResource } from '@samenhang/data-model';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bgzPatient, sharedResources } from './bgz-patient.js';
import { hospital, message, put } from './record-builders.js';
import { RunningRecord } from './running-record.js';
import { generalPractitioner, type Claims } from './stand-in-trust.js';

const nurse: Claims = { ...generalPractitioner, user_role: '30.000' };
const subject = { reference: 'Patient/pa' };
const ucum = 'http://unitsofmeasure.org';
const loinc = (code: string) => ({ coding: [{ system: 'http://loinc.org', code }] });
const own = (resource: FhirResource) => put(resource, 'pa');

/** What the usual patient of the tests lacks: units, components, kinds of codes, references of references. */
const more = [
  put(
    {
      resourceType: 'Medication',
      id: 'metformin',
      code: { coding: [{ system: 'http://www.whocc.no/atc', code: 'A10BA02' }] },
    },
    null,
  ),
  own({
    resourceType: 'MedicationRequest',
    id: 'pa-metformin',
    status: 'active',
    intent: 'order',
    subject,
    medicationReference: { reference: 'Medication/metformin' },
    requester: { reference: 'Practitioner/gp' },
  }),
  own({
    resourceType: 'Observation',
    id: 'pa-micromol',
    status: 'final',
    subject,
    code: loinc('14749-6'),
    category: [{ coding: [{ code: 'laboratory' }] }],
    valueQuantity: { value: 5400, unit: 'µmol/l', system: ucum, code: 'umol/L' },
    encounter: { reference: 'Encounter/pa-visit' },
    performer: [{ reference: 'Practitioner/gp' }],
  }),
  own({
    resourceType: 'Observation',
    id: 'pa-pressure',
    status: 'final',
    subject,
    code: loinc('85354-9'),
    category: [{ coding: [{ code: 'vital-signs' }] }],
    component: [
      { code: loinc('8480-6'), valueQuantity: { value: 16, system: ucum, code: 'kPa' } },
      { code: loinc('8462-4'), valueQuantity: { value: 80, system: ucum, code: 'mm[Hg]' } },
      { code: loinc('8357-6'), valueCodeableConcept: loinc('LA11137-1') },
    ],
  }),
  own({
    resourceType: 'Condition',
    id: 'pa-icd',
    subject,
    code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-nl', code: 'E11.9' }] },
    identifier: [
      {
        type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'PLAC' }] },
        system: 'urn:oid:1.2.3',
        value: 'C-7',
      },
    ],
    meta: { profile: ['http://example.org/fhir/StructureDefinition/problem'] },
  }),
  own({
    resourceType: 'DiagnosticReport',
    id: 'pa-report',
    status: 'final',
    subject,
    code: loinc('24323-8'),
    result: [{ reference: 'Observation/pa-micromol' }],
  }),
  own({ resourceType: 'Flag', id: 'pa-last', status: 'active', subject, code: { text: 'Last' } }),
];

let record: RunningRecord;
let base: string;

beforeAll(async () => {
  record = await RunningRecord.start(`${hospital}:V4`);
  base = `${record.url}/tenants/${hospital}/fhir`;
  const { type, key, tenant, payload } = message({
    position: 1,
    changes: [
      ...sharedResources,
      ...bgzPatient('pa', '900186021'),
      ...bgzPatient('pb', '999901370'),
      ...more,
    ],
  });
  await record.log.publish({ type, key, tenant, payload });
  await vi.waitFor(async () => expect((await get('Flag/pa-last')).status).toBe(200), { timeout: 60_000 });
});
afterAll(() => record?.stop());

const get = (
  path: string,
  headers: Record<string, string> = {},
  claims = generalPractitioner,
): Promise<Response> => record.trust.fetch(`${base}/${path}`, base, claims, { headers });

interface Bundle {
  link: { relation: string; url: string }[];
  entry?: { resource: FhirResource; search: { mode: string } }[];
}

const at = (type: string, criteria: string): string =>
  `${type}?${type === 'Patient' ? '_id=pa' : 'patient=Patient/pa'}&_sort=_id&${criteria.replaceAll('|', '%7C').replaceAll('[', '%5B').replaceAll(']', '%5D')}`;

async function search(type: string, criteria: string, claims: Claims = generalPractitioner): Promise<Bundle> {
  const response = await get(at(type, criteria), { prefer: 'handling=strict' }, claims);
  const text = await response.text();
  expect(response.status, `${type}?${criteria}: ${text}`).toBe(200);
  return JSON.parse(text) as Bundle;
}
const found = async (type: string, criteria: string, claims?: Claims): Promise<string[]> =>
  ((await search(type, criteria, claims)).entry ?? [])
    .filter(({ search: { mode } }) => mode === 'match')
    .map(({ resource }) => resource.id);

describe('a quantity', () => {
  it.each([
    [`value-quantity=5.4|${ucum}|mmol/L`, ['pa-micromol']],
    ['value-quantity=5.4||mmol/L', ['pa-micromol']],
    [`value-quantity=gt4|${ucum}|mmol/L`, ['pa-lab-part', 'pa-micromol']],
    [`value-quantity=lt5000|${ucum}|umol/L`, ['pa-lab-part']],
    [`value-quantity=5.4|${ucum}|mg/L`, []],
    [`value-quantity=180|${ucum}|cm`, ['pa-obs-11']],
    [`value-quantity=1.80|${ucum}|m`, ['pa-obs-11']],
    [`value-quantity=80500|${ucum}|g`, ['pa-obs-10']],
    [`value-quantity=80500|${ucum}|furlong`, []],
    [`component-value-quantity=ge120|${ucum}|mm[Hg]`, ['pa-obs-8', 'pa-pressure']],
  ])('is found in units that can be converted: %s', async (criteria, expected) => {
    expect(await found('Observation', criteria)).toEqual(expected);
  });
});

describe('two values of one part', () => {
  it.each([
    ['code-value-quantity=http://loinc.org|14749-6$gt5||mmol/L', ['pa-micromol']],
    ['code-value-quantity=http://loinc.org|2823-3$gt5||mmol/L', []],
    ['code-value-quantity=2823-3$4.1||mmol/L,14749-6$5.4||mmol/L', ['pa-lab-part', 'pa-micromol']],
    ['component-code-value-quantity=8480-6$gt110||mm[Hg]', ['pa-obs-8', 'pa-pressure']],
    // Both are there, but not in one component.
    ['component-code-value-quantity=8462-4$gt110||mm[Hg]', []],
    ['component-code-value-quantity=8480-6$80||mm[Hg]', []],
    ['component-code-value-concept=8357-6$LA11137-1', ['pa-pressure']],
    ['component-code-value-concept=8480-6$LA11137-1', []],
    ['combo-code-value-quantity=8480-6$gt110||mm[Hg]', ['pa-obs-8', 'pa-pressure']],
    ['combo-code-value-quantity=29463-7$80.5||kg', ['pa-obs-10']],
    ['combo-code-value-concept=8357-6$http://loinc.org|LA11137-1', ['pa-pressure']],
    ['code-value-concept=8357-6$LA11137-1', []],
  ])('%s', async (criteria, expected) => {
    expect(await found('Observation', criteria)).toEqual(expected);
  });

  it.each([
    'code-value-quantity=1',
    'code-value-quantity=1$2$3',
    'code-value-quantity=1$much',
    'code-value-quantity=$',
  ])('refuses %s', async (criteria) => {
    expect((await get(at('Observation', criteria))).status).toBe(400);
  });
});

describe('through references', () => {
  it.each([
    ['Observation', 'encounter.class=AMB', ['pa-micromol']],
    ['Observation', 'encounter:Encounter.class=AMB', ['pa-micromol']],
    ['Observation', 'encounter.class=IMP', []],
    ['Observation', 'encounter.date=ge2022', ['pa-micromol']],
    ['Observation', 'performer:Practitioner.family=huis', ['pa-micromol']],
    ['Observation', 'performer.name=Huisarts', ['pa-micromol']],
    ['MedicationRequest', 'medication.code=http://www.whocc.no/atc|A10BA02', ['pa-metformin']],
    ['MedicationRequest', 'medication.code=http://www.whocc.no/atc|A10BA03', []],
    ['DiagnosticReport', 'result.code=14749-6', ['pa-report']],
    ['DiagnosticReport', 'result.encounter.class=AMB', ['pa-report']],
    ['DiagnosticReport', 'result.encounter.class=IMP', []],
    ['Procedure', 'based-on:ServiceRequest.status=active', ['pa-surgery']],
    ['CarePlan', 'care-team.participant:Practitioner.family=Huisarts', ['pa-plan']],
    ['Observation', '_has:DiagnosticReport:result:status=final', ['pa-micromol']],
    ['Observation', '_has:DiagnosticReport:result:status=preliminary', []],
    ['Observation', '_has:Observation:has-member:code=24321-2', ['pa-lab-part']],
    ['ServiceRequest', '_has:Procedure:based-on:date=2021', ['pa-order']],
    ['Encounter', '_has:Observation:encounter:code-value-quantity=14749-6$5.4||mmol/L', ['pa-visit']],
    ['Encounter', '_has:Observation:encounter:_has:DiagnosticReport:result:code=24323-8', ['pa-visit']],
    ['Encounter', '_has:Observation:encounter:_has:DiagnosticReport:result:code=1', []],
    ['Patient', '_has:Observation:patient:code=14749-6', ['pa']],
    ['Patient', '_has:Observation:patient:code=unheard-of', []],
    ['Patient', '_has:Observation:subject:encounter.class=AMB', ['pa']],
  ])('%s?%s', async (type, criteria, expected) => {
    expect(await found(type, criteria)).toEqual(expected);
  });

  it('is one statement all the same', async () => {
    const counts: number[] = [];
    for (const criteria of [
      'class=AMB',
      '_has:Observation:encounter:_has:DiagnosticReport:result:code=24323-8&_include=Encounter:patient',
    ]) {
      const statements = vi.spyOn(pg.Client.prototype, 'query');
      await found('Encounter', criteria);
      const texts = statements.mock.calls.map(([statement]) =>
        typeof statement === 'string' ? statement : String((statement as { text?: unknown }).text),
      );
      statements.mockRestore();
      counts.push(texts.filter((text) => /from (?:resource|patient)\b/i.test(text)).length);
    }
    expect(counts[1]).toBe(counts[0]);
  });

  it('does not look at what the caller may not have', async () => {
    expect(await found('Encounter', '_has:Observation:encounter:code=14749-6', nurse)).toEqual([]);
    expect(await found('Encounter', '_has:Observation:encounter:code=14749-6')).toEqual(['pa-visit']);
    record.trust.consentOf.set('GGC012', 'Deny');
    expect(await found('Patient', '_has:Observation:patient:code=14749-6')).toEqual([]);
    record.trust.consentOf.clear();
  });

  it('goes on from page to page', async () => {
    const first = await search('Observation', 'performer.name=Huisarts&_count=1');
    expect(first.link.find(({ relation }) => relation === 'self')?.url).toContain('performer.name=Huisarts');
    const many = await search('Observation', '_has:Observation:has-member:code=24321-2&_count=1');
    expect(many.link[0]?.url).toContain('_has%3AObservation%3Ahas-member%3Acode=24321-2');
  });

  it.each([
    ['Condition', '_has:Observation:patient:code=x'],
    ['Condition', '_has:Observation:code:code=x'],
    ['Condition', '_has:Nothing:patient:code=x'],
    ['Patient', '_has:Observation:patient:colour=x'],
    ['Patient', '_has:Observation:patient:patient.identifier=x'],
    ['Patient', '_has:Observation:patient:_has:Observation:has-member:_has:Observation:has-member:code=x'],
    ['Observation', 'subject.birthdate=2000'],
    ['Observation', 'patient.name=Jansen'],
    ['Observation', 'performer:Patient.name=Jansen'],
    ['Observation', 'performer:Patient.identifier=x'],
    ['Observation', 'code.text=x'],
    ['Observation', 'encounter.colour=x'],
    ['Observation', 'encounter.class:in=x'],
    ['DiagnosticReport', 'result.encounter.service-provider.name=x'],
    ['Observation', '_filter=code eq 1'],
    ['Observation', '_list=x'],
  ])('%s?%s is refused, and says what', async (type, criteria) => {
    for (const handling of ['strict', 'lenient']) {
      const response = await get(at(type, criteria), { prefer: `handling=${handling}` });
      expect(response.status, criteria).toBe(400);
      const { issue } = (await response.json()) as { issue: { code: string; diagnostics: string }[] };
      expect(issue[0]?.code).toBe('not-supported');
      expect(issue[0]?.diagnostics).toContain(criteria.split('=', 1)[0]);
    }
  });
});

describe('modifiers', () => {
  it.each([
    ['Condition', 'code:below=http://hl7.org/fhir/sid/icd-10-nl|E11', ['pa-icd']],
    ['Condition', 'code:below=http://hl7.org/fhir/sid/icd-10-nl|E11.9', ['pa-icd']],
    ['Condition', 'code:below=http://hl7.org/fhir/sid/icd-10-nl|E12', []],
    ['Condition', 'code:below=http://hl7.org/fhir/sid/icd-10|E11', []],
    ['Condition', 'code:above=http://hl7.org/fhir/sid/icd-10-nl|E11.90', ['pa-icd']],
    ['Condition', 'code:above=http://hl7.org/fhir/sid/icd-10-nl|E11', []],
    ['Condition', 'identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|PLAC|C-7', ['pa-icd']],
    ['Condition', 'identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|FILL|C-7', []],
    ['Condition', '_profile:below=http://example.org/fhir', ['pa-icd']],
    ['Condition', '_profile:below=http://example.org/fh', []],
    ['Condition', '_profile:above=http://example.org/fhir/StructureDefinition/problem/part', ['pa-icd']],
    ['Composition', 'title:exact=Samenvatting', ['pa-gp']],
    ['Composition', 'title:exact=samenvatting', []],
    ['Patient', 'family:exact=Jansen', ['pa']],
    ['Patient', 'family:exact=jansen', []],
    ['Patient', 'name:contains=ANSE', ['pa']],
  ])('%s?%s', async (type, criteria, expected) => {
    expect(await found(type, criteria)).toEqual(expected);
  });

  it.each([
    ['Condition', 'code:in=http://example.org/ValueSet/x'],
    ['Condition', 'code:not-in=http://example.org/ValueSet/x'],
    ['Condition', 'code:below=http://snomed.info/sct|73211009'],
    ['Condition', 'code:below=E11'],
    ['Observation', 'date:above=2020'],
    ['Observation', 'value-quantity:exact=1'],
  ])('%s?%s is refused, and says what', async (type, criteria) => {
    const response = await get(at(type, criteria));
    expect(response.status).toBe(400);
    const { issue } = (await response.json()) as { issue: { code: string; diagnostics: string }[] };
    expect(issue[0]?.code).toBe('not-supported');
    expect(issue[0]?.diagnostics).toContain(criteria.split('=', 1)[0]);
  });

  it('refuses an identifier of a type without its parts', async () => {
    expect((await get(at('Condition', 'identifier:of-type=a|b'))).status).toBe(400);
  });
});
