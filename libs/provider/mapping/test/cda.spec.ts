import fc from 'fast-check';
import type { FhirResource } from '@samenhang/data-model';
import { normaliseMessage, type SourceMessage } from '@samenhang/mapping';
import { describe, expect, it } from 'vitest';
import { bgzDocument } from './support/bgz-document.js';
import { accept, only, profile, puts, resources, source } from './support/messages.js';

const cda = (text: string): SourceMessage => ({ ...source, format: 'cda', content: Buffer.from(text) });
const result = accept(cda(bgzDocument));
const withProfile = (name: string): object => ({ meta: { profile: profile(name) } });

function withCode(type: string, code: string): FhirResource | undefined {
  return resources(result, type).find((resource) => JSON.stringify(resource['code']).includes(`"${code}"`));
}

describe('a BgZ document', () => {
  it.each([
    ['Condition', 'nl-core-Problem'],
    ['AllergyIntolerance', 'nl-core-AllergyIntolerance'],
    ['MedicationStatement', 'mp-MedicationUse2'],
    ['Immunization', 'nl-core-Vaccination-event'],
    ['Flag', 'nl-core-Alert'],
    ['Encounter', 'nl-core-Encounter'],
    ['Procedure', 'nl-core-Procedure-event'],
    ['DeviceUseStatement', 'nl-core-MedicalDevice'],
    ['Device', 'nl-core-MedicalDevice.Product'],
    ['ServiceRequest', 'nl-core-Procedure-request'],
    ['Coverage', 'nl-core-Payer.InsuranceCompany'],
    ['RelatedPerson', 'nl-core-ContactPerson'],
    ['Patient', 'nl-core-Patient'],
  ])('has one %s, in %s', (type, name) => {
    expect(only(result, type)).toMatchObject(withProfile(name));
  });

  it('says who the patient is, the prefix and the name one is called by apart', () => {
    expect(only(result, 'Patient')).toMatchObject({
      identifier: [
        { value: '4711' },
        { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '900186021' },
        {},
      ],
      name: [
        { use: 'official', family: 'van Berg', given: ['F.'] },
        { use: 'usual', given: ['Frank'] },
      ],
      birthDate: '1932-09-24',
      address: [{ use: 'home', line: ['Heereweg 13'], postalCode: '1000 AA' }],
      generalPractitioner: [{ type: 'PractitionerRole' }],
    });
  });

  it('has a problem with its words from the narrative, its status and its comment', () => {
    expect(only(result, 'Condition')).toMatchObject({
      clinicalStatus: { coding: [{ code: 'active' }] },
      category: [{ coding: [{ code: '282291009' }] }],
      code: { coding: [{ code: '195967001' }], text: 'Astma & hooikoorts' },
      onsetDateTime: '2017-11-01',
      note: [{ text: 'sinds jeugd' }],
    });
  });

  it('has an allergy with its cause and reaction, and none of what it denies', () => {
    expect(only(result, 'AllergyIntolerance')).toMatchObject({
      category: ['medication'],
      code: { coding: [{ code: '373270004' }] },
      reaction: [{ manifestation: [{ coding: [{ code: '247472004' }] }] }],
    });
    expect(result.issues).toContainEqual(
      expect.objectContaining({ code: 'negated-statement', location: 'section[48765-2].entry[1]' }),
    );
  });

  it('has the two pressures as one, and measurements with the precision they have', () => {
    expect(withCode('Observation', '85354-9')).toMatchObject({
      ...withProfile('nl-core-BloodPressure'),
      effectiveDateTime: '2017-10-20T02:23:03+02:00',
      component: [{ valueQuantity: { value: 120 } }, { valueQuantity: { value: 80 } }],
    });
    const weight = withCode('Observation', '29463-7');
    expect(weight).toMatchObject(withProfile('nl-core-BodyWeight'));
    expect(JSON.stringify(weight)).toContain('"value":75.0,');
    expect(withCode('Observation', '2823-3')).toMatchObject({
      ...withProfile('nl-core-LaboratoryTestResult'),
      interpretation: [{ coding: [{ code: '281302008' }, { code: 'H' }] }],
    });
  });

  it('has statuses outside and amounts as components', () => {
    expect(withCode('Observation', '228273003')).toMatchObject({
      ...withProfile('nl-core-AlcoholUse'),
      valueCodeableConcept: { coding: [{ code: '219006' }] },
      component: [{ code: { coding: [{ code: '897148007' }] }, valueQuantity: { value: 1, code: 'L/d' } }],
    });
    expect(withCode('Observation', '365508006')).toMatchObject({
      hasMember: [{ reference: `Observation/${withCode('Observation', '272497004')?.id ?? ''}` }],
    });
  });

  it('has directives with the decision', () => {
    expect(resources(result, 'Consent')).toMatchObject([
      {
        ...withProfile('nl-core-TreatmentDirective2'),
        provision: { type: 'deny', period: { start: '2017-03-07' } },
      },
      { ...withProfile('nl-core-AdvanceDirective'), provision: { code: [{ coding: [{ code: 'NR' }] }] } },
    ]);
  });

  it('keeps the words of every section, and says which it made nothing of', () => {
    const composition = only(result, 'Composition') as unknown as { section: { text: { div: string } }[] };
    expect(composition.section).toHaveLength(16);
    expect(composition.section[0]?.text.div).toContain('<ul><li>Astma &amp; hooikoorts</li></ul>');
    expect(composition.section.at(-1)?.text.div).toContain('<p>Vader: diabetes</p>');
    expect(result.issues).toContainEqual(
      expect.objectContaining({ code: 'unsupported-section', location: 'section[10157-6].entry[0]' }),
    );
  });

  it('names the same things in the next document', () => {
    const later = accept(
      cda(bgzDocument.replace('20171101125600', '20181101125600').replace('"4.10"', '"4.2"')),
    );
    expect(puts(later).map(({ resource }) => resource.id)).toEqual(
      puts(result).map(({ resource }) => resource.id),
    );
  });
});

describe('what is no document', () => {
  it.each([
    ['not-xml', '<ClinicalDocument><id></ClinicalDocument>'],
    ['not-xml', 'geen xml'],
    ['not-a-document', '<Bundle/>'],
    [
      'document-type',
      '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><ClinicalDocument>&a;</ClinicalDocument>',
    ],
    ['no-patient', '<ClinicalDocument/>'],
    ['too-deep', `${'<a>'.repeat(200)}${'</a>'.repeat(200)}`],
    ['unknown-charset', '<?xml version="1.0" encoding="UTF-32"?><ClinicalDocument/>'],
  ])('is rejected: %s', (code, text) => {
    expect(normaliseMessage(cda(text))).toMatchObject({ outcome: 'rejected', issues: [{ code }] });
  });

  it('of any damage never makes the mapping fail', () => {
    fc.assert(
      fc.property(
        fc.nat(bgzDocument.length - 40),
        fc.nat(40),
        fc.string({ maxLength: 5 }),
        (at, length, text) => {
          const damaged = bgzDocument.slice(0, at) + text + bgzDocument.slice(at + length);
          expect(normaliseMessage(cda(damaged)).issues.map(({ code }) => code)).not.toContain(
            'mapping-failed',
          );
        },
      ),
      { numRuns: 60 },
    );
  });
});
