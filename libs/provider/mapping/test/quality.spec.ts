import { normaliseMessage, observeQuality, type SourceMessage } from '@samenhang/mapping';
import { describe, expect, it } from 'vitest';
import { bgzDocument } from './support/bgz-document.js';
import { bareAdmission, fhir, hl7, msh, source } from './support/messages.js';

const quality = (message: SourceMessage, receivedAt = '2026-03-01T12:00:30+01:00'): string[] =>
  observeQuality(message, normaliseMessage(message), receivedAt).map(
    ({ kind, messageType, path, used, count }) =>
      `${kind} ${messageType} ${path} ${used ? 'good' : 'bad'} ${String(count)}`,
  );

describe('the quality of a message', () => {
  it('is which mandatory concepts it has, and which not', () => {
    const counts = quality(hl7(...bareAdmission));
    expect(counts).toEqual(
      expect.arrayContaining([
        'concept Patient Patient.Naamgegevens good 1',
        'concept Patient Patient.Geboortedatum bad 1',
        'conformance Patient profile good 1',
      ]),
    );
  });

  it('is what the source says, not what the mapping fills in', () => {
    const allergy = (id: string, rest: object): object => ({
      resource: {
        resourceType: 'AllergyIntolerance',
        id,
        patient: { reference: 'Patient/p1' },
        code: { coding: [{ system: 'http://snomed.info/sct', code: '762952008' }] },
        ...rest,
      },
    });
    const stated = {
      clinicalStatus: {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' },
        ],
      },
    };
    const entry = [
      { resource: { resourceType: 'Patient', id: 'p1', birthDate: '1970' } },
      allergy('a', stated),
      allergy('b', {}),
      {
        resource: {
          resourceType: 'MedicationDispense',
          id: 'ta',
          status: 'in-progress',
          subject: { reference: 'Patient/p1' },
          medicationCodeableConcept: { text: 'x' },
          dosageInstruction: [{ text: '1 x' }],
        },
      },
    ];
    const counts = quality(fhir({ resourceType: 'Bundle', type: 'collection', entry }));
    expect(counts).toEqual(
      expect.arrayContaining([
        'concept Patient Patient.Identificatienummer bad 1',
        'concept AllergyIntolerance AllergieIntolerantie.AllergieStatus good 1',
        'concept AllergyIntolerance AllergieIntolerantie.AllergieStatus bad 1',
        'concept MedicationDispense Toedieningsafspraak.Gebruiksinstructie good 1',
      ]),
    );
    expect(counts.join()).not.toContain('Medicatieverstrekking');
  });

  it('is which resources are left on base R4, and why', () => {
    const problem = (id: string, code?: object): object => ({
      resource: {
        resourceType: 'Condition',
        id,
        subject: { reference: 'Patient/p1' },
        ...(code === undefined ? {} : { code }),
      },
    });
    const patient = {
      resource: { resourceType: 'Patient', id: 'p1', identifier: [{ system: 'urn:x', value: '1' }] },
    };
    const own = { coding: [{ system: 'urn:own', code: 'X' }], text: 'own code' };
    const counts = quality(
      fhir({ resourceType: 'Bundle', type: 'collection', entry: [patient, problem('a', own), problem('b')] }),
    );
    expect(counts.filter((line) => line.startsWith('conformance Condition'))).not.toEqual([]);
    expect(counts.join()).toContain('concept Condition Probleem.ProbleemNaam');
  });

  it('is how long it was on its way, by the time it names itself', () => {
    const delay = (message: SourceMessage, receivedAt?: string): string | undefined =>
      quality(message, receivedAt).find((line) => line.startsWith('delay'));
    expect(delay(hl7(...bareAdmission))).toBe('delay hl7v2 minute good 1');
    expect(delay(hl7(...bareAdmission), '2026-03-03T12:00:00Z')).toBe('delay hl7v2 week bad 1');
    expect(delay(hl7(...bareAdmission), '2026-02-03T12:00:00Z')).toBe('delay hl7v2 before-it-was-sent bad 1');
    expect(delay(hl7(msh('ADT^A01').replace('20260301120000', ''), 'PID|1||1^^^^PI'))).toContain('unknown');
    const bundle = { resourceType: 'Bundle', type: 'collection', timestamp: '2026-03-01T11:30:00+01:00' };
    expect(delay(fhir(bundle))).toBe('delay fhir-r4 hour good 1');
    const document: SourceMessage = { ...source, format: 'cda', content: Buffer.from(bgzDocument) };
    expect(delay(document)).toMatch(/^delay cda \S+ (?:good|bad) 1$/);
  });

  it('never says what stands in a message', () => {
    expect(quality(hl7(...bareAdmission)).join()).not.toMatch(/Jansen|1234567/);
  });
});
