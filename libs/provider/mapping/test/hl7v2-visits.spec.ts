import { normaliseMessage } from '@samenhang/mapping';
import { describe, expect, it } from 'vitest';
import { careMessages, person, stay } from './support/care-messages.js';
import {
  accept,
  codes,
  hl7,
  msh,
  only,
  profile,
  puts,
  resources,
  type Accepted,
} from './support/messages.js';

const event = (trigger: string, ...segments: string[]): Accepted =>
  accept(hl7(msh(`ADT^${trigger}`), `EVN|${trigger}|20260301120000|||||`, ...segments));
const visit = (trigger: string): Record<string, unknown> => only(event(trigger, person, stay), 'Encounter');

describe('what an event says of the visit', () => {
  it.each([
    ['A02', 'in-progress'],
    ['A05', 'planned'],
    ['A06', 'in-progress'],
    ['A09', 'in-progress'],
    ['A14', 'planned'],
    ['A16', 'in-progress'],
    ['A21', 'onleave'],
    ['A22', 'in-progress'],
    ['A52', 'in-progress'],
    ['A53', 'onleave'],
  ])('%s: %s', (trigger, status) => {
    expect(visit(trigger)['status']).toBe(status);
  });

  it.each([
    ['A11', 'cancelled'],
    ['A27', 'cancelled'],
    ['A38', 'cancelled'],
    ['A23', 'entered-in-error'],
    ['A12', 'in-progress'],
    ['A25', 'in-progress'],
    ['A26', 'in-progress'],
  ])(
    'the cancel %s makes the visit %s and leaves patient, place and start as they are',
    (trigger, status) => {
      const cancelled = visit(trigger);
      const { status: _before, ...admitted } = visit('A01');
      expect(cancelled).toEqual({ ...admitted, status });
      expect(only(event(trigger, person, stay), 'Patient')).toEqual(
        only(event('A01', person, stay), 'Patient'),
      );
      expect(event(trigger, person, stay).changes.every(({ action }) => action === 'put')).toBe(true);
    },
  );

  it('is about both patients whose beds are swapped (A17)', () => {
    const other = 'PID|2||7654321^^^^PI||Bakker';
    const otherStay = 'PV1|2|I|5B^1||||||||||||||||V2^^^NOORD^VN';
    const result = event('A17', person, stay, other, otherStay);
    expect(
      resources(result, 'Encounter').map(
        ({ location }) => (location as { location: { display: string } }[])[0]?.location.display,
      ),
    ).toEqual(['5A, 12, 2', '5B, 1']);
    expect(new Set(puts(result).flatMap(({ patientId }) => patientId ?? [])).size).toBe(2);
  });

  it('holds when the visit stands before the patient', () => {
    expect(only(event('A01', stay, person), 'Encounter')).toEqual(visit('A01'));
  });

  it('is the expected start of a visit that is only planned', () => {
    const planned = 'PV1|1|P|||||||||||||||||V3^^^NOORD^VN';
    const pv2 = 'PV2||||||||202604011000';
    expect(only(event('A05', person, planned, pv2), 'Encounter')['period']).toEqual({
      start: '2026-04-01T10:00:00+02:00',
    });
  });
});

describe('what an admission says besides', () => {
  const result = accept(hl7(...careMessages.admission));

  it('the health insurance by UZOVI number', () => {
    expect(only(result, 'Coverage')).toMatchObject({
      meta: { profile: profile('nl-core-Payer.InsuranceCompany') },
      status: 'active',
      subscriberId: '123456',
      period: { start: '2026-01-01', end: '2026-12-31' },
      payor: [{ display: 'Zorgverzekeraar Noord' }],
    });
    const insurer = resources(result, 'Organization').find(({ name }) => name === 'Zorgverzekeraar Noord');
    expect(insurer).toMatchObject({
      meta: { profile: profile('nl-core-Payer-Organization') },
      identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/uzovi', value: '3311' }, {}],
    });
  });

  it('an operation that was done, and one that is only words', () => {
    const [first, second] = resources(result, 'Procedure');
    expect(first).toMatchObject({
      meta: { profile: profile('nl-core-Procedure-event') },
      status: 'completed',
      code: { coding: [{ system: 'http://snomed.info/sct', code: '80146002' }], text: 'Appendectomie' },
      performedDateTime: '2026-02-28T10:00:00+01:00',
      performer: [{ actor: { display: 'K.L. van den Berg' } }],
    });
    expect(second).toMatchObject({
      meta: { tag: [{ code: 'unmapped-code' }] },
      code: { text: 'Plaatselijk' },
    });
  });

  it('the general practitioner with the patient, the case manager in the care team, the attending doctor in the visit', () => {
    expect(only(result, 'Patient')['generalPractitioner']).toMatchObject([{ display: 'P de Boer' }]);
    expect(only(result, 'CareTeam')).toMatchObject({
      meta: { profile: profile('nl-core-CareTeam') },
      participant: [
        { role: [{ text: 'Casemanager' }], member: { display: 'R Vos' }, period: { start: '2026-01-01' } },
      ],
    });
    const participants = only(result, 'Encounter')['participant'] as { individual: { display: string } }[];
    expect(participants.map(({ individual }) => individual.display)).toEqual(['K.L. van den Berg', 'A Smit']);
  });

  it('a pacemaker as a device in use, by kind and by its unique identifier', () => {
    expect(resources(result, 'Device')).toMatchObject([
      { type: { coding: [{ code: '14106009' }] } },
      { udiCarrier: [{ carrierHRF: '(01)08712345678906(21)A1' }] },
    ]);
    expect(resources(result, 'DeviceUseStatement')).toHaveLength(2);
    expect(resources(result, 'Observation')).toEqual([]);
  });

  it('a language of three letters as ISO 639-1', () => {
    expect(only(result, 'Patient')['communication']).toMatchObject([
      { language: { coding: [{ system: 'urn:oid:1.0.639.1', code: 'nl' }, { code: 'nl' }] } },
    ]);
  });
});

describe('numbers that change', () => {
  it('A29 takes the demographic data away, not the numbers nor what is known of their health', () => {
    const { changes } = accept(hl7(...careMessages.personDeletion));
    expect(changes).toHaveLength(1);
    const patient = only(accept(hl7(...careMessages.personDeletion)), 'Patient');
    expect(Object.keys(patient)).toEqual(['resourceType', 'id', 'meta', 'identifier', 'active']);
    expect(patient['active']).toBe(false);
  });

  it('A24 links two patients and merges nobody; A37 takes each apart again', () => {
    const linked = accept(hl7(...careMessages.link));
    const [one, other] = resources(linked, 'Patient');
    expect(one?.['link']).toEqual([
      { type: 'seealso', other: { reference: `Patient/${other?.id ?? ''}`, type: 'Patient' } },
    ]);
    expect(linked.merges).toEqual([]);
    const unlinked = accept(hl7(msh('ADT^A37'), ...careMessages.link.slice(1)));
    expect(resources(unlinked, 'Patient').map(({ link }) => link)).toEqual([undefined, undefined]);
    expect(unlinked.merges).toContainEqual({ survivor: one?.id, replaced: other?.id, undone: true });
  });

  it.each(['A18', 'A30', 'A34', 'A36', 'A39', 'A40', 'A46', 'A47'])(
    '%s lets the prior number go on as the new one',
    (trigger) => {
      const result = event(trigger, person, 'MRG|7654321^^^^PI');
      expect(result.merges).toEqual([
        { survivor: only(event('A31', person), 'Patient').id, replaced: expect.any(String) as string },
      ]);
    },
  );

  it('A47 that corrects a BSN which failed the eleven-test keeps the patient', () => {
    const result = event('A47', person, 'MRG|123456789^^^NLMINBIZA^NNNLD');
    expect(result.merges).toEqual([]);
    expect(codes(result)).toContain('prior-number-unusable MRG-1.1');
  });

  it('A50 gives the visit its new number, and leads from the old one to it', () => {
    const [old, current] = resources(accept(hl7(...careMessages.visitNumber)), 'Encounter').reverse();
    expect([old, current].map((encounter) => encounter?.['status']).sort()).toEqual([
      'entered-in-error',
      'in-progress',
    ]);
    const prior = [old, current].find((encounter) => encounter?.['status'] === 'entered-in-error');
    const next = [old, current].find((encounter) => encounter !== prior);
    expect(prior?.['partOf']).toEqual({ reference: `Encounter/${next?.id ?? ''}`, type: 'Encounter' });
  });

  it('A41 that names another patient is no merge of accounts and is rejected', () => {
    const result = normaliseMessage(
      hl7(msh('ADT^A41'), 'EVN|A41|20260301', person, 'MRG|7654321^^^^PI||ACC1', stay),
    );
    expect(result.outcome).toBe('rejected');
    expect(codes(result)).toContain('visit-of-other-patient MRG-1');
  });

  it.each(['A43', 'A44', 'A45'])('%s, which moves facts between patients, is rejected', (trigger) => {
    const result = normaliseMessage(hl7(msh(`ADT^${trigger}`), 'EVN||20260301', person, 'MRG|7654321^^^^PI'));
    expect([result.outcome, ...codes(result)]).toEqual(['rejected', 'unsupported-message-type MSH-9']);
  });
});

it('an allergy that is only sent along (IAM-6 X) does not replace what is known', () => {
  const result = event('A60', person, 'IAM|1|DA|764146007^Penicilline^SCT|||X|AL-9');
  expect(
    puts(result).find(({ resource }) => resource.resourceType === 'AllergyIntolerance')?.onlyIfAbsent,
  ).toBe(true);
});
