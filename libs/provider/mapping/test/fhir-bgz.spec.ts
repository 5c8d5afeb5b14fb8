import type { FhirResource } from '@samenhang/data-model';
import { describe, expect, it } from 'vitest';
import { bgz } from './support/bgz-resources.js';
import { accept, fhir, only, profile, puts } from './support/messages.js';

const source = bgz as readonly { resourceType: string; id: string }[];
const withProfile = (name: string): object => ({ meta: { profile: profile(name) } });
const onBase = (code: string): object => ({ meta: { tag: [{ code }] } });

function mapped(id: string): FhirResource {
  const sent = source.find((resource) => resource.id === id);
  return only(accept(fhir(sent)), sent?.resourceType ?? '');
}

describe('a source resource of base R4', () => {
  it.each([
    ['named', 'nl-core-Alert'],
    ['other-name', 'nl-core-Alert'],
    ['of-condition', 'nl-core-Alert'],
    ['resuscitation', 'nl-core-TreatmentDirective2'],
    ['living-will', 'nl-core-AdvanceDirective'],
    ['insurer', 'nl-core-Payer-Organization'],
    ['insured', 'nl-core-Payer.InsuranceCompany'],
    ['self-paying', 'nl-core-Payer.PayerPerson'],
    ['team', 'nl-core-CareTeam'],
    ['x-ray', 'nl-core-TextResult'],
    ['implanted', 'nl-core-MedicalDevice.Product'],
    ['hears', 'nl-core-MedicalDevice'],
    ['planned-hip', 'nl-core-Procedure-request'],
    ['next-shot', 'nl-core-Vaccination-request'],
    ['diet', 'nl-core-NutritionAdvice'],
    ['walking', 'nl-core-FunctionalOrMentalStatus'],
    ['house', 'nl-core-LivingSituation.HouseType'],
    ['drinks', 'nl-core-AlcoholUse'],
    ['episode', 'nl-core-EpisodeOfCare'],
  ])('%s is %s', (id, name) => {
    expect(mapped(id)).toMatchObject(withProfile(name));
  });

  it.each([
    ['exchange', 'no-zib'],
    ['foreign', 'unmapped-code'],
    ['letter', 'no-zib'],
    ['lab-order', 'no-zib'],
  ])('%s stays base R4: %s', (id, reason) => {
    expect(mapped(id)).toMatchObject(onBase(reason));
  });
});

describe('what a profile asks beside what the source said', () => {
  it('is the way out of a list, with the words of the source', () => {
    expect(mapped('other-name')['code']).toEqual({
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor', code: 'OTH' }],
      text: 'Draagt een hoorapparaat',
    });
    expect(mapped('of-condition')['code']).toMatchObject({ coding: [{ code: 'not-applicable' }] });
    expect(mapped('living-will')).toMatchObject({
      category: [{ coding: [{ code: 'acd' }] }, { coding: [{ code: '59284-0' }] }],
      provision: { code: [{ coding: [{ code: 'OTH' }], text: 'Niet reanimeren' }] },
    });
  });

  it('is the amount of the International Patient Summary as a component', () => {
    expect(mapped('drinks')).toMatchObject({
      code: { coding: [{ code: '228273003' }, { code: '74013-4' }] },
      component: [{ code: { coding: [{ code: '897148007' }] }, valueQuantity: { value: 2, code: '/d' } }],
    });
  });

  it('is the use of a device that a patient has, once', () => {
    const found = source.find(({ id }) => id === 'implanted');
    const alone = accept(fhir(found));
    const use = only(alone, 'DeviceUseStatement');
    expect(use).toMatchObject({
      ...withProfile('nl-core-MedicalDevice'),
      status: 'active',
      device: { reference: `Device/${only(alone, 'Device').id}` },
    });
    expect(puts(alone).find(({ resource }) => resource === use)?.patientId).toBeTruthy();
    const entry = source
      .filter(({ id }) => id === 'hears' || id === 'hearing-aid')
      .map((resource) => ({ resource }));
    const together = accept(fhir({ resourceType: 'Bundle', type: 'collection', entry }));
    expect(only(together, 'DeviceUseStatement')).toMatchObject({
      note: [{ text: 'a\nb\nBody site: linkeroor' }],
    });
  });
});

it('says what a source carries and what of it is used', () => {
  const entry = [
    { resource: { resourceType: 'Claim', id: 'c' } },
    {
      resource: {
        ...source.find(({ id }) => id === 'named'),
        text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">MRSA</div>' },
        extension: [{ url: 'https://his.example/internal', valueString: 'x' }],
      },
    },
    { resource: { resourceType: 'Flag', id: 'wrong', status: 'unheard-of', code: { text: 'x' } } },
    { resource: source.find(({ id }) => id === 'foreign') },
  ];
  const { observations } = accept(fhir({ resourceType: 'Bundle', type: 'collection', entry }));
  const count = 1;
  expect(observations).toEqual(
    expect.arrayContaining([
      { kind: 'resource', messageType: 'Claim', path: 'Claim', used: false, count },
      { kind: 'resource', messageType: 'Flag', path: 'Flag', used: true, count },
      { kind: 'resource', messageType: 'Flag', path: 'Flag', used: false, count },
      { kind: 'element', messageType: 'Flag', path: 'Flag.category', used: true, count },
      { kind: 'element', messageType: 'Flag', path: 'Flag.text', used: false, count },
      { kind: 'extension', messageType: 'Flag', path: 'https://his.example/internal', used: false, count },
      {
        kind: 'code',
        messageType: 'Coverage',
        path: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
        used: false,
        count,
      },
    ]),
  );
});
