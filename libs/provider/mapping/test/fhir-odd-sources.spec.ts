import { resourceId, sourceIdKey } from '../src/resource-id.js';
import { describe, expect, it } from 'vitest';
import { accept, codes, fhir, profile, puts, source, type Accepted, type Put } from './support/messages.js';
import {
  attachmentBundle,
  denialBundle,
  modifierBundle,
  namesBundle,
  oidBundle,
  statusBundle,
  statuses,
} from './support/odd-sources.js';

const idOf = (type: string, id: string): string =>
  resourceId(source.tenant, source.sourceId, type, sourceIdKey(id));

function made(result: Accepted, type: string, id: string): Put | undefined {
  return puts(result).find(
    ({ resource }) => resource.resourceType === type && resource.id === idOf(type, id),
  );
}

describe('every status that R4 has', () => {
  const result = accept(fhir(statusBundle()));
  it.each(Object.entries(statuses))('of %s goes out as it came', (type, values) => {
    for (const status of values.split(' '))
      expect(made(result, type, status)?.resource, status).toMatchObject({ status });
  });

  it('leaves a draft of a prescription without the profile of an agreement', () => {
    expect(made(result, 'MedicationRequest', 'draft')?.resource['meta']).not.toHaveProperty('profile');
    expect(made(result, 'MedicationRequest', 'active')?.resource['meta']).toMatchObject({
      profile: profile('mp-MedicationAgreement'),
    });
  });
});

describe('a system that comes as an OID', () => {
  const result = accept(fhir(oidBundle()));

  it('is the code system that has it', () => {
    expect(made(result, 'Observation', 'sodium')?.resource).toMatchObject({
      meta: { profile: profile('nl-core-LaboratoryTestResult') },
      code: { coding: [{ system: 'http://loinc.org', code: '2951-2' }] },
      valueQuantity: { value: 140, system: 'http://unitsofmeasure.org', code: 'mmol/L' },
    });
    expect(made(result, 'Condition', 'infarct')?.resource).toMatchObject({
      meta: { profile: profile('nl-core-Problem') },
      code: { coding: [{ system: 'http://snomed.info/sct', code: '22298006', userSelected: true }] },
    });
    expect(made(result, 'Immunization', 'covid')?.resource).toMatchObject({
      meta: { profile: profile('nl-core-Vaccination-event') },
      vaccineCode: { coding: [{ system: 'http://hl7.org/fhir/sid/cvx', code: '208' }, { code: 'J07BN01' }] },
    });
  });

  it('that no table names stays, and its code is counted', () => {
    expect(made(result, 'Condition', 'unlisted')?.resource).toMatchObject({
      code: { coding: [{ system: 'urn:oid:1.2.3.4', code: 'x1' }] },
    });
  });

  it('of an edition of SNOMED CT is its version', () => {
    expect(made(result, 'Condition', 'edition')?.resource).toMatchObject({
      code: { coding: [{ system: 'http://snomed.info/sct', version: 'http://snomed.info/sct/11000146104' }] },
    });
  });

  it('names the same patient as the address of the system does', () => {
    const patientOf = (system: string): string | null | undefined =>
      puts(accept(fhir({ resourceType: 'Patient', identifier: [{ system, value: '999900006' }] })))[0]
        ?.patientId;
    expect(patientOf('urn:oid:2.16.840.1.113883.2.4.6.3')).toBe(
      patientOf('http://fhir.nl/fhir/NamingSystem/bsn'),
    );
    expect(made(result, 'Observation', 'sodium')?.patientId).toBe(
      patientOf('http://fhir.nl/fhir/NamingSystem/bsn'),
    );
  });

  it('never leads from an id back to a BSN', () => {
    const identifier = [{ system: 'urn:oid:2.16.840.1.113883.2.4.6.3', value: '999900006' }];
    const hashed: string[] = [];
    accept({
      ...fhir({ resourceType: 'Patient', identifier }),
      hashBsn: (bsn) => {
        hashed.push(bsn);
        return 'h';
      },
    });
    expect(hashed).toContain('999900006');
  });
});

describe('what a source denies', () => {
  const result = accept(fhir(denialBundle()));
  it.each([
    ['AllergyIntolerance', 'no-allergy'],
    ['AllergyIntolerance', 'no-drug-allergy'],
    ['Condition', 'no-problem'],
    ['MedicationStatement', 'no-medication'],
    ['Procedure', 'no-procedure'],
    ['Immunization', 'no-vaccination'],
  ])('claims to be no fact: %s %s', (type, id) => {
    expect(made(result, type, id)?.resource['meta']).toMatchObject({ tag: [{ code: 'no-zib' }] });
    expect(made(result, type, id)?.resource['meta']).not.toHaveProperty('profile');
  });

  it('is no product either', () => {
    expect(puts(result).map(({ resource }) => resource.resourceType)).not.toContain('Medication');
    expect(made(result, 'MedicationStatement', 'no-medication')?.resource).toMatchObject({
      medicationCodeableConcept: { coding: [{ code: 'no-medication-info' }] },
    });
  });

  it('does not count against the codes of the source', () => {
    expect(result.observations.filter(({ kind }) => kind === 'code')).toEqual([]);
  });
});

describe('an attachment', () => {
  const result = accept(fhir(attachmentBundle()));
  const urlOf = (id: string): unknown =>
    (
      made(result, 'DocumentReference', id)?.resource['content'] as
        { attachment: { url?: string } }[] | undefined
    )?.[0]?.attachment.url;

  it.each(['near', 'full'])('has the address of its bytes here: %s', (id) => {
    expect(urlOf(id)).toBe(`Binary/${idOf('Binary', 'b1')}`);
    expect(made(result, 'Binary', 'b1')).toBeDefined();
  });

  it('on another server stays there', () => {
    expect(urlOf('far')).toBe('https://archive.example/fhir/Binary/b1');
  });
});

describe('what changes the meaning in a way nobody here knows', () => {
  const result = accept(fhir(modifierBundle()));

  it('is not used, and says why', () => {
    const used = puts(result).map(({ resource }) => resource.resourceType);
    expect(used).toEqual(['Patient', 'Observation']);
    expect(codes(result).filter((line) => line.startsWith('unknown-'))).toEqual([
      'unknown-implicit-rules Bundle.entry[2].resource',
      'unknown-modifier-extension Bundle.entry[3].resource',
      'unknown-implicit-rules Bundle.entry[4].resource',
      'unknown-modifier-extension Bundle.entry[5].resource',
    ]);
  });
});

describe('what a profile has no room for', () => {
  const result = accept(fhir(namesBundle()));

  it('is said of the use of a name', () => {
    expect(made(result, 'Patient', 'p2')?.resource).toMatchObject({
      name: [
        { use: 'official', family: 'Aa' },
        { use: 'official', family: 'Bee' },
        { family: 'Cee' },
        { text: 'Roepnaam' },
        { use: 'maiden', family: 'Dee', period: { end: '1999' } },
      ],
      contact: [{ name: { use: 'official', given: ['Riet'], text: 'Riet' } }],
    });
    expect(codes(result).filter((line) => line.startsWith('unmapped-name-use'))).toEqual([
      'unmapped-name-use Bundle.entry[1].resource.name[2].use',
      'unmapped-name-use Bundle.entry[1].resource.name[3].use',
      'unmapped-name-use Bundle.entry[1].resource.contact[0].name.use',
    ]);
  });

  it('says that there is no score where the patient would not give one', () => {
    expect(made(result, 'Observation', 'declined')?.resource).toMatchObject({
      meta: { tag: [{ code: 'incomplete' }] },
      dataAbsentReason: { coding: [{ code: 'asked-declined' }] },
    });
  });
});

it('a name that is only a use gets no empty text', () => {
  const patient = {
    resourceType: 'Patient',
    id: 'p',
    identifier: [{ system: 'https://noord.example', value: '1' }],
    name: [{ use: 'official' }],
  };
  const [put] = puts(accept(fhir(patient)));
  expect(JSON.stringify(put?.resource['name'])).not.toContain('"text"');
});
