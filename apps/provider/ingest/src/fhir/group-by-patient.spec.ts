import { describe, expect, it } from 'vitest';
import { groupByPatient, type FhirEntry } from './group-by-patient.js';

function entry(resourceType: string, id: string, content: object = {}, fullUrl?: string): FhirEntry {
  return { resource: { resourceType, id, ...content }, fullUrl, text: id };
}

function group(...entries: FhirEntry[]): string[] {
  return groupByPatient(entries).map(({ patient, entries: members }) => {
    return `${patient?.value ?? '-'}: ${members.map(({ text }) => text).join(' ')}`;
  });
}

const about = (reference: string): object => ({ subject: { reference } });
const bsn = { identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '900186021' }] };

describe('groupByPatient', () => {
  it('follows subject and patient, by id or by URL', () => {
    expect(
      group(
        entry('Patient', 'a'),
        entry('Condition', 'c', about('Patient/a')),
        entry('AllergyIntolerance', 'i', { patient: { reference: 'https://his.example/fhir/Patient/a' } }),
        entry('Condition', 'd', about('Patient/b/_history/3')),
      ),
    ).toEqual(['Patient/a: a c i', 'Patient/b: d']);
  });

  it('knows a patient of a Bundle with urn:uuid by identifier, the same in the next Bundle', () => {
    const url = 'urn:uuid:0b5f4b1c-0000-4000-8000-000000000001';
    expect(group(entry('Patient', 'x', bsn, url), entry('Condition', 'c', about(url)))).toEqual([
      '900186021: x c',
    ]);
  });

  it('knows a patient who is only named by BSN', () => {
    expect(group(entry('Condition', 'c', { subject: { identifier: bsn.identifier[0] } }))).toEqual([
      '900186021: c',
    ]);
  });

  it('brings a patient named by number together with the one in the same Bundle', () => {
    const conditional = 'Patient?identifier=http://fhir.nl/fhir/NamingSystem/bsn|900186021';
    expect(
      group(
        entry('Patient', 'a', bsn),
        entry('Condition', 'c', about(conditional)),
        entry('Condition', 'd', { subject: { identifier: bsn.identifier[0] } }),
        entry('Condition', 'e', about('Patient?identifier=urn:other|7')),
      ),
    ).toEqual(['Patient/a: a c d', '7: e']);
  });

  it('sends supporting resources along with all that refer to them, also indirectly', () => {
    expect(
      group(
        entry('Organization', 'o'),
        entry('Practitioner', 'p', { qualification: [{ issuer: { reference: 'Organization/o' } }] }),
        entry('Location', 'unused'),
        entry('Condition', 'c', { ...about('Patient/a'), recorder: { reference: 'Practitioner/p' } }),
        entry('Condition', 'd', { ...about('Patient/b'), recorder: { reference: 'Practitioner/p' } }),
      ),
    ).toEqual(['-: unused', 'Patient/a: o p c', 'Patient/b: o p d']);
  });

  it('keeps an entry without resource', () => {
    expect(group({ resource: undefined, fullUrl: undefined, text: 'deletion' })).toEqual(['-: deletion']);
  });
});
