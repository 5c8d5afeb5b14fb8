import { describe, expect, it } from 'vitest';
import { normaliseMessage } from '@samenhang/mapping';
import { accept, codes, fhir, only, profile, puts, resources, sourceUri } from './support/messages.js';

const snomed = 'http://snomed.info/sct';
const bsnSystem = 'http://fhir.nl/fhir/NamingSystem/bsn';
const patient = (id: string, bsn: string): object => ({
  resourceType: 'Patient',
  id,
  identifier: [{ system: bsnSystem, value: bsn }],
});
const condition = (id: string, of: string, rest: object = {}): object => ({
  resourceType: 'Condition',
  id,
  code: { coding: [{ system: snomed, code: '44054006' }] },
  subject: { reference: of },
  ...rest,
});
const bundle = (...entry: object[]): object => ({ resourceType: 'Bundle', type: 'collection', entry });
const inBundle = (...resourceList: object[]): object =>
  bundle(...resourceList.map((resource) => ({ resource })));

describe('references of a source', () => {
  const sent = bundle(
    { fullUrl: 'urn:uuid:11111111-1111-4111-8111-111111111111', resource: patient('p', '900186021') },
    {
      fullUrl: 'https://gp.example/fhir/Condition/a',
      resource: condition('a', 'urn:uuid:11111111-1111-4111-8111-111111111111'),
    },
    { resource: condition('b', 'https://gp.example/fhir/Patient/p') },
    { resource: condition('c', 'Patient/p/_history/3') },
    { resource: condition('d', `Patient?identifier=${encodeURIComponent(bsnSystem)}|900186021`) },
    {
      resource: condition('e', 'Patient/p', {
        asserter: { reference: 'Practitioner?identifier=http://npi.example|99', display: 'dr. X' },
        recorder: { reference: 'https://other.example/fhir/Practitioner/1' },
      }),
    },
  );
  const result = accept(fhir(sent));
  const id = only(result, 'Patient').id;

  it.each(['a', 'b', 'c', 'd', 'e'])('lead to the one patient (%s)', (name) => {
    const found = resources(result, 'Condition')['abcde'.indexOf(name)];
    expect(found?.['subject']).toMatchObject({ reference: `Patient/${id}`, type: 'Patient' });
  });

  it('to what was not sent name it by its identifier, those to another server stay', () => {
    expect(resources(result, 'Condition')[4]).toMatchObject({
      asserter: {
        type: 'Practitioner',
        identifier: { system: 'http://npi.example', value: '99' },
        display: 'dr. X',
      },
      recorder: { reference: 'https://other.example/fhir/Practitioner/1' },
    });
  });

  it('lead to the same patient when the resource comes alone', () => {
    expect(only(accept(fhir(condition('z', 'Patient/p'))), 'Condition')['subject']).toMatchObject({
      reference: `Patient/${id}`,
    });
  });
});

describe('a patient who is known by number only', () => {
  const number = { type: 'Patient', identifier: { system: bsnSystem, value: '900186021' }, display: 'A.' };

  it('becomes a Patient that replaces nobody', () => {
    const [known, problem] = puts(accept(fhir(condition('a', '', { subject: number }))));
    expect(known).toMatchObject({
      onlyIfAbsent: true,
      resource: { identifier: [{ value: '900186021' }, {}] },
    });
    expect(problem?.patientId).toBe(known?.resource.id);
  });

  it('is not accepted with a BSN that fails the eleven-test', () => {
    const wrong = { ...number, identifier: { ...number.identifier, value: '123456789' } };
    expect(normaliseMessage(fhir(condition('a', '', { subject: wrong })))).toMatchObject({
      outcome: 'rejected',
      issues: [{ code: 'bsn-fails-eleven-test' }],
    });
  });
});

describe('what a source may get wrong', () => {
  it('one patient in doubt goes with everything about them; the other stays', () => {
    const result = accept(
      fhir(
        inBundle(
          patient('bad', '123456789'),
          patient('good', '900186021'),
          condition('a', 'Patient/bad'),
          condition('b', 'Patient/good'),
        ),
      ),
    );
    expect(puts(result)).toHaveLength(2);
    expect(codes(result)).toEqual([
      'bsn-fails-eleven-test Bundle.entry[0].resource.identifier[0].value',
      'patient-in-doubt Bundle.entry[2].resource',
    ]);
  });

  it('the only patient in doubt rejects the message', () => {
    expect(
      normaliseMessage(fhir(inBundle(patient('bad', '123456789'), condition('a', 'Patient/bad')))).outcome,
    ).toBe('rejected');
  });

  it('one resource that is not R4 does not take its Bundle with it', () => {
    const result = accept(
      fhir(
        inBundle(
          patient('p', '900186021'),
          condition('a', 'Patient/p', { onsetDateTime: '2026-02-31' }),
          condition('b', 'Patient/p'),
        ),
      ),
    );
    expect(resources(result, 'Condition')).toHaveLength(1);
    expect(codes(result)).toEqual([
      'invalid-resource Bundle.entry[1].resource.onset',
      'resource-not-used Bundle.entry[1].resource',
    ]);
  });

  it('a birth date that does not exist is left out of the patient', () => {
    const result = accept(fhir({ ...patient('p', '900186021'), birthDate: '2026-02-31' }));
    expect(only(result, 'Patient')).not.toHaveProperty('birthDate');
    expect(codes(result)).toEqual(['invalid-resource Patient.birthDate']);
  });

  it('an unknown extension is left out and named; an unknown modifier loses the resource', () => {
    const extension = [{ url: 'http://example.org/shoe-size', valueInteger: 39 }];
    const result = accept(
      fhir(
        inBundle(
          { ...patient('p', '900186021'), extension },
          condition('a', 'Patient/p', { modifierExtension: extension }),
        ),
      ),
    );
    expect(only(result, 'Patient')).not.toHaveProperty('extension');
    expect(codes(result)).toEqual([
      'unknown-modifier-extension Bundle.entry[1].resource',
      'unknown-extension $this',
    ]);
  });

  it.each([
    ['not JSON', Buffer.from('{')],
    ['not a resource', Buffer.from('{"a":1}')],
    ['an unknown type', Buffer.from('{"resourceType":"Persoon"}')],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ])('%s is rejected', (_what, content) => {
    expect(normaliseMessage({ ...fhir({}), content }).outcome).toBe('rejected');
  });

  it('a deletion deletes under our id', () => {
    const id = only(accept(fhir(condition('a', 'Patient/p'))), 'Condition').id;
    const result = accept(
      fhir({
        resourceType: 'Bundle',
        type: 'transaction',
        entry: [{ request: { method: 'DELETE', url: 'Condition/a' } }],
      }),
    );
    expect(result.changes).toEqual([{ action: 'delete', patientId: null, resourceType: 'Condition', id }]);
  });

  it('what is no part of the record is counted', () => {
    const claim = { resourceType: 'Claim' };
    expect(accept(fhir(inBundle(claim, claim))).issues).toEqual([
      expect.objectContaining({ code: 'out-of-scope', text: '2 × Claim: not part of the record' }),
    ]);
  });
});

it('replaces the profile of the source, drops its generated narrative and names the source', () => {
  const sent = {
    ...patient('p', '900186021'),
    meta: { profile: ['http://us.example/p'], versionId: '3' },
    text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' },
  };
  const found = only(accept(fhir(sent)), 'Patient');
  expect(found['meta']).toEqual({ source: sourceUri, profile: profile('nl-core-Patient') });
  expect(found).not.toHaveProperty('text');
});

it('a unit that is said to be UCUM and is not keeps its words, and its code only when the table knows it', () => {
  const measured = (code: string): object => ({
    resourceType: 'Observation',
    id: 'o',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '2345-7' }] },
    subject: { reference: 'Patient/p' },
    valueQuantity: { value: 5, system: 'http://unitsofmeasure.org', code },
  });
  const quantity = (code: string): unknown =>
    only(accept(fhir(measured(code))), 'Observation')['valueQuantity'];
  expect(quantity('mmol/L')).toMatchObject({ code: 'mmol/L' });
  expect(quantity('mmHg')).toMatchObject({ code: 'mm[Hg]' });
  expect(quantity('foo bar')).toEqual({ value: 5, unit: 'foo bar' });
});
