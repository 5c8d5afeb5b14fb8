import { describe, expect, it } from 'vitest';
import { normaliseMessage } from '@samenhang/mapping';
import { care, careMessages, changed, person } from './support/care-messages.js';
import { accept, codes, hl7, msh, only, profile, puts, resources } from './support/messages.js';

const inTable = (table: string, code: string): Record<string, unknown> => ({
  coding: [{ system: table, code }],
});

describe('a radiology report', () => {
  const report = only(care('radiology'), 'DiagnosticReport');

  it('is one text with its headings, not an observation a line', () => {
    expect(report).toMatchObject({
      meta: { profile: profile('nl-core-TextResult') },
      status: 'final',
      code: { coding: [{ system: 'http://snomed.info/sct', code: '399208008' }], text: 'X-thorax' },
      effectiveDateTime: '2026-03-02T10:15:00+01:00',
      issued: '2026-03-02T11:00:00+01:00',
      conclusion: 'Bevindingen:\nGeen infiltraat.\nNormale hartgrootte.\nConclusie:\nGeen afwijkingen.',
      basedOn: [{ identifier: { value: 'P7' } }],
    });
    expect(resources(care('radiology'), 'Observation')).toEqual([]);
  });

  it('is not made of short answers to several questions of a laboratory that names no section', () => {
    const answers = ['A1^Kweek^L||negatief', 'A2^Gram^L||geen micro-organismen'];
    const segments = answers.map((answer, index) => `OBX|${index + 1}|TX|${answer}||||||F`);
    const result = accept(hl7(msh('ORU^R01'), person, 'OBR|1|P1|F1|K1^Kweek^L|||20260301', ...segments));
    expect(resources(result, 'Observation').map(({ valueString }) => valueString)).toEqual([
      'negatief',
      'geen micro-organismen',
    ]);
    expect(resources(result, 'DiagnosticReport')).toEqual([]);
  });

  it('has its image beside it as a document', () => {
    expect(only(care('radiology'), 'DocumentReference')).toMatchObject({
      content: [
        { attachment: { contentType: 'image/jpeg', url: 'https://beeld.example/1', title: 'Beeld' } },
      ],
    });
  });
});

it('a result of a specimen (OUL^R22) names the specimen that stands before its order', () => {
  const result = care('specimens');
  expect(only(result, 'Observation')).toMatchObject({
    meta: { profile: profile('nl-core-LaboratoryTestResult') },
    valueCodeableConcept: { coding: [{ code: '112283007' }] },
    specimen: { reference: `Specimen/${only(result, 'Specimen').id}` },
  });
});

describe('an order', () => {
  it('of the laboratory says what, when, how urgent, by whom, why and from what', () => {
    const result = care('laboratoryOrder');
    expect(only(result, 'ServiceRequest')).toMatchObject({
      status: 'active',
      intent: 'order',
      priority: 'routine',
      code: { coding: [{ system: 'http://loinc.org', code: '24323-8' }] },
      occurrenceDateTime: '2026-03-03',
      authoredOn: '2026-03-02T10:15:00+01:00',
      requester: { display: 'K.L. van den Berg' },
      note: [{ text: 'nuchter prikken\nverdenking nierfalen' }],
      reasonReference: [{ reference: `Condition/${only(result, 'Condition').id}` }],
      specimen: [{ reference: `Specimen/${only(result, 'Specimen').id}` }],
      supportingInfo: [{ reference: `Observation/${only(result, 'Observation').id}` }],
    });
  });

  it('of an examination is a requested procedure of the zib', () => {
    expect(only(care('procedureOrder'), 'ServiceRequest')).toMatchObject({
      meta: { profile: profile('nl-core-Procedure-request') },
      priority: 'stat',
      reasonCode: [{ text: 'verdenking pneumonie' }],
    });
  });

  it.each([
    ['CA', 'revoked'],
    ['DC', 'revoked'],
    ['HD', 'on-hold'],
    ['XO', 'active'],
  ])('with order control %s is %s, under the id it had', (control, status) => {
    const before = only(care('procedureOrder'), 'ServiceRequest');
    const after = only(changed('procedureOrder', 'ORC|NW', `ORC|${control}`), 'ServiceRequest');
    expect(after).toEqual({ ...before, status });
  });

  it('without a number is kept, and reported: a correction could not find it', () => {
    const result = accept(hl7(msh('ORM^O01'), person, 'ORC|NW', 'OBR|1|||399208008^X-thorax^SCT'));
    expect(only(result, 'ServiceRequest')['status']).toBe('active');
    expect(codes(result)).toContain('no-stable-identity ORC');
  });
});

describe('a vaccination', () => {
  it('against influenza, second dose, 0,5 mL in the left arm', () => {
    expect(only(care('vaccination'), 'Immunization')).toMatchObject({
      meta: { profile: profile('nl-core-Vaccination-event') },
      status: 'completed',
      vaccineCode: { coding: [{ code: '140' }, { system: 'http://www.whocc.no/atc' }] },
      occurrenceDateTime: '2026-03-01',
      primarySource: true,
      lotNumber: 'L123',
      expirationDate: '2027-01-01',
      manufacturer: { display: 'Fabrikant' },
      doseQuantity: { value: 0.5, code: 'mL' },
      protocolApplied: [{ doseNumberPositiveInt: 2 }],
      performer: [{ function: { coding: [{ code: 'AP' }] } }, { function: { coding: [{ code: 'OP' }] } }],
      site: { text: 'Linkerarm' },
    });
  });

  it('that was refused says why, and one that is deleted goes alone', () => {
    const refused = changed('vaccination', '|||CP|A', '|00^Ouders weigeren^NIP002||RE|A');
    expect(only(refused, 'Immunization')).toMatchObject({
      status: 'not-done',
      statusReason: { text: 'Ouders weigeren' },
    });
    const deleted = changed('vaccination', '|CP|A', '|CP|D');
    expect(deleted.changes.filter(({ action }) => action === 'delete')).toMatchObject([
      { resourceType: 'Immunization', id: only(care('vaccination'), 'Immunization').id },
    ]);
  });
});

describe('a problem', () => {
  it('since 2015, confirmed and active, with its goal', () => {
    const result = care('problem');
    expect(only(result, 'Condition')).toMatchObject({
      meta: { profile: profile('nl-core-Problem') },
      clinicalStatus: { coding: [{ code: 'active' }] },
      verificationStatus: { coding: [{ code: 'confirmed' }, { code: '410605003' }] },
      code: { coding: [{ system: 'http://hl7.org/fhir/sid/icpc-1-nl', code: 'T90.02' }] },
      onsetDateTime: '2015',
      recordedDate: '2015-03-01',
      note: [{ text: 'Sinds 2015 onder controle' }],
    });
    expect(only(result, 'Goal')).toMatchObject({
      description: { text: 'HbA1c onder 53' },
      target: [{ dueDate: '2027-03-01' }],
    });
  });

  it('that is deleted (PC3, or action DE) takes away what was added, and nothing else', () => {
    const { id } = only(care('problem'), 'Condition');
    const deleted = changed('problem', 'PRB|AD', 'PRB|DE');
    expect(deleted.changes.filter(({ action }) => action === 'delete')).toMatchObject([
      { resourceType: 'Condition', id },
    ]);
  });
});

it('a referral says to whom, by whom, why and until when; a cancel (I14) revokes it', () => {
  const result = care('referral');
  const referral = only(result, 'ServiceRequest');
  expect(referral).toMatchObject({
    status: 'active',
    priority: 'routine',
    category: [inTable('http://snomed.info/sct', '3457005')],
    occurrencePeriod: { start: '2026-03-01', end: '2027-03-01' },
    reasonCode: [{ text: 'Second opinion' }],
    requester: { display: 'P de Boer' },
    performer: [{ display: 'K.L. van den Berg' }],
    reasonReference: [{ reference: `Condition/${only(result, 'Condition').id}` }],
  });
  expect(only(result, 'Observation')).toMatchObject({ valueQuantity: { value: 88, code: 'umol/L' } });
  expect(only(changed('referral', 'REF^I12', 'REF^I14'), 'ServiceRequest')).toMatchObject({
    id: referral.id,
    status: 'revoked',
  });
});

describe('an appointment', () => {
  const booked = only(care('appointment'), 'Appointment');

  it('of half an hour ends half an hour later, with patient, professional, place and equipment', () => {
    expect(booked).toMatchObject({
      status: 'booked',
      start: '2026-03-10T10:00:00+01:00',
      end: '2026-03-10T10:30:00+01:00',
      minutesDuration: 30,
      comment: 'Neem uw medicatielijst mee',
      serviceType: [{ text: 'Consult' }],
    });
    const participants = booked['participant'] as { actor: { display?: string; type?: string } }[];
    expect(participants.map(({ actor }) => actor.display ?? actor.type)).toEqual([
      'Patient',
      'K.L. van den Berg',
      'POLI3, 2',
      'Echoapparaat',
    ]);
  });

  it.each([
    ['S13', 'booked'],
    ['S15', 'cancelled'],
    ['S17', 'entered-in-error'],
    ['S26', 'noshow'],
  ])('%s: %s, under the same id', (trigger, status) => {
    expect(only(changed('appointment', 'SIU^S12', `SIU^${trigger}`), 'Appointment')).toMatchObject({
      id: booked.id,
      status,
    });
  });

  it('without an end and a duration is no more than proposed', () => {
    const result = changed('appointment', '|30|min^minuten|', '|||');
    expect(only(result, 'Appointment')).toMatchObject({
      status: 'proposed',
      requestedPeriod: [{ start: booked['start'] }],
    });
    expect(codes(result)).toContain('appointment-without-time SCH-11');
  });
});

describe('a document', () => {
  const text = 'Patiënt is opgenomen geweest.\nOntslag in goede toestand.';

  it('has its lines as one text, its PDF as it came, its author and its confidentiality', () => {
    const document = only(care('document'), 'DocumentReference');
    expect(document).toMatchObject({
      status: 'current',
      docStatus: 'final',
      type: { text: 'Ontslagbrief' },
      date: '2026-03-05T10:00:00+01:00',
      author: [{ display: 'K.L. van den Berg' }],
      securityLabel: [{ coding: [{ code: 'R' }] }],
      content: [
        {
          attachment: {
            contentType: 'text/plain; charset=utf-8',
            data: Buffer.from(text).toString('base64'),
          },
        },
        { attachment: { contentType: 'application/pdf', data: 'JVBERi0xLjQK' } },
      ],
    });
  });

  it('that is cancelled (T11) goes, the patient stays', () => {
    const cancelled = changed('document', 'MDM^T02^MDM_T02', 'MDM^T11');
    expect(cancelled.changes.filter(({ action }) => action === 'delete')).toMatchObject([
      { resourceType: 'DocumentReference', id: only(care('document'), 'DocumentReference').id },
    ]);
    expect(only(cancelled, 'Patient')['active']).toBe(true);
  });

  it('whose status changes without its content does not lose that content', () => {
    const notified = accept(hl7(msh('MDM^T03'), ...careMessages.document.slice(1, 5)));
    expect(
      puts(notified).find(({ resource }) => resource.resourceType === 'DocumentReference')?.onlyIfAbsent,
    ).toBe(true);
    expect(codes(notified)).toContain('document-without-content TXA');
  });

  it('that replaces another says which', () => {
    const replacing = changed('document', 'MDM^T02^MDM_T02', 'MDM^T10');
    expect(only(replacing, 'DocumentReference')).not.toHaveProperty('relatesTo');
    const named = accept(
      hl7(
        msh('MDM^T10'),
        ...careMessages.document
          .slice(1)
          .map((segment) => segment.replace('DOC1^NOORD', 'DOC2^NOORD|DOC1^NOORD')),
      ),
    );
    expect(only(named, 'DocumentReference')['relatesTo']).toMatchObject([
      {
        code: 'replaces',
        target: { reference: `DocumentReference/${only(care('document'), 'DocumentReference').id}` },
      },
    ]);
  });
});

describe('what lacks its main part is rejected with the reason', () => {
  it.each([
    ['MDM^T02', 'missing-segment TXA'],
    ['SIU^S12', 'missing-segment SCH'],
    ['REF^I12', 'missing-segment RF1'],
    ['PPR^PC1', 'missing-segment PRB'],
    ['RDE^O11', 'missing-segment ORC'],
    ['ORM^O01', 'missing-segment ORC'],
    ['OUL^R22', 'missing-segment OBR'],
    ['ORU^R01', 'missing-segment OBR'],
  ])('%s: %s', (type, reason) => {
    const result = normaliseMessage(hl7(msh(type), person));
    expect([result.outcome, ...codes(result).filter((code) => code.startsWith('missing'))]).toEqual([
      'rejected',
      reason,
    ]);
  });
});
