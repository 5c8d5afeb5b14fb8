import { describe, expect, it } from 'vitest';
import { care, changed } from './support/care-messages.js';
import { accept, hl7, msh, only, profile } from './support/messages.js';

const inTable = (table: string, code: string): Record<string, unknown> => ({
  coding: [{ system: table, code }],
});

describe('a prescription', () => {
  const result = care('prescription');
  const request = only(result, 'MedicationRequest');

  it('of metoprolol 50 mg, twice a day 1 to 2 tablets, is a medication agreement', () => {
    expect(request).toMatchObject({
      meta: { profile: profile('mp-MedicationAgreement') },
      status: 'active',
      intent: 'order',
      authoredOn: '2026-03-02T10:15:00+01:00',
      extension: [{ valuePeriod: { start: '2026-03-02', end: '2026-04-01' } }],
      dosageInstruction: [
        {
          text: 'na het eten',
          timing: { repeat: { frequency: 2, period: 1, periodUnit: 'd' } },
          route: inTable('urn:oid:2.16.840.1.113883.2.4.4.9', '9'),
          doseAndRate: [{ doseRange: { low: { value: 1, unit: 'stuk' }, high: { value: 2, unit: 'stuk' } } }],
        },
      ],
      dispenseRequest: { numberOfRepeatsAllowed: 2, quantity: { value: 30, unit: 'stuk' } },
      substitution: { allowedBoolean: false },
    });
    const [note] = request['note'] as { text: string }[];
    expect(note?.text.split('\n')).toEqual(
      expect.arrayContaining([
        'Strength: 50 mg',
        'Niet plotseling stoppen',
        expect.stringContaining('Hypertensie') as string,
      ]),
    );
  });

  it('has a dosage for each of its timings, with times, condition and rate', () => {
    const timed = accept(
      hl7(
        msh('RDE^O11^RDE_O11'),
        'PID|1||1234567^^^^PI||Jansen^Anna',
        'ORC|NW|R1',
        'TQ1|1|1^TAB|QD|0800|||20260301|||bij pijn',
        'TQ1|2|2^TAB|QD|2000|||20260301|20260310|||voor de nacht',
        'RXE||N02BE01^paracetamol^ATC|1||TAB||||||||||||||||||10|mL/h',
      ),
    );
    expect(only(timed, 'MedicationRequest')).toMatchObject({
      extension: [{ valuePeriod: { start: '2026-03-01', end: '2026-03-10' } }],
      dosageInstruction: [
        {
          sequence: 1,
          text: 'bij pijn',
          timing: { repeat: { timeOfDay: ['08:00:00'] } },
          doseAndRate: [
            { doseQuantity: { value: 1, unit: 'TAB' }, rateQuantity: { value: 10, code: 'mL/h' } },
          ],
        },
        {
          sequence: 2,
          text: 'voor de nacht',
          timing: { repeat: { timeOfDay: ['20:00:00'] } },
          doseAndRate: [{ doseQuantity: { value: 2, unit: 'TAB' } }],
        },
      ],
    });
  });

  it('names the product of the G-Standaard', () => {
    expect(only(result, 'Medication')).toMatchObject({
      meta: { profile: profile('mp-PharmaceuticalProduct') },
      code: { coding: [{ system: 'urn:oid:2.16.840.1.113883.2.4.4.1', code: '2194' }] },
    });
  });

  it.each([
    ['CA', 'cancelled'],
    ['DC', 'stopped'],
    ['HD', 'on-hold'],
  ])('with order control %s is %s and keeps the rest', (control, status) => {
    expect(only(changed('prescription', 'ORC|NW', `ORC|${control}`), 'MedicationRequest')).toEqual({
      ...request,
      status,
    });
  });

  it.each([
    ['Q6H', { repeat: { frequency: 1, period: 6, periodUnit: 'h' } }],
    ['QID', { repeat: { frequency: 4, period: 1, periodUnit: 'd' } }],
    ['Q2W', { repeat: { frequency: 1, period: 2, periodUnit: 'wk' } }],
    ['zo nodig volgens schema', { code: { text: 'zo nodig volgens schema' } }],
  ])('with rhythm %s', (pattern, timing) => {
    const [dosage] = only(changed('prescription', '|BID|', `|${pattern}|`), 'MedicationRequest')[
      'dosageInstruction'
    ] as { timing: unknown }[];
    expect(dosage?.timing).toEqual(timing);
  });

  it('of a compound has its components, what works and what does not', () => {
    const compound = care('compound');
    expect(only(compound, 'Medication')['ingredient']).toMatchObject([
      {
        itemCodeableConcept: { text: 'Vaseline' },
        isActive: false,
        strength: { numerator: { value: 90, unit: 'g' } },
      },
      { itemCodeableConcept: { text: 'Hydrocortison' }, isActive: true },
    ]);
    const [dosage] = only(compound, 'MedicationRequest')['dosageInstruction'] as Record<string, unknown>[];
    expect(dosage).toMatchObject({ asNeededBoolean: true, doseAndRate: [{ doseQuantity: { value: 1.5 } }] });
  });
});

it('a dispense refers to the prescription that stands beside it', () => {
  const result = care('dispense');
  expect(only(result, 'MedicationDispense')).toMatchObject({
    meta: { profile: profile('mp-MedicationDispense') },
    status: 'completed',
    whenHandedOver: '2026-03-03T12:00:00+01:00',
    quantity: { value: 30 },
    note: [{ text: 'Houdbaar tot 2027' }],
    authorizingPrescription: [
      { reference: `MedicationRequest/${only(care('prescription'), 'MedicationRequest').id}` },
    ],
  });
});

it.each([
  ['CP', 'completed'],
  ['RE', 'not-done'],
])('an administration of status %s is %s', (sent, status) => {
  expect(only(changed('administration', '|CP|A', `|${sent}|A`), 'MedicationAdministration')).toMatchObject({
    meta: { profile: profile('mp-MedicationAdministration2') },
    status,
    dosage: { dose: { value: 50, code: 'mg' } },
  });
});
