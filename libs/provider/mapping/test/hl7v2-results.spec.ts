import { describe, expect, it } from 'vitest';
import {
  accept,
  bareAdmission,
  bareResult,
  codes,
  hl7,
  only,
  profile,
  puts,
  resources,
  type Accepted,
} from './support/messages.js';

const loinc = 'http://loinc.org';
const result = (...obx: string[]): Accepted => accept(hl7(...bareResult, ...obx));
const value = (obx: string): Record<string, unknown> => only(result(obx), 'Observation');

describe('a laboratory result', () => {
  const glucose = result(
    'OBX|1|NM|2345-7^Glucose^LN||5,6|mmol/l|4,0 - 5,5|H|||F',
    'NTE|1||nuchter\\.br\\herhaald',
  );

  it('of 5,6 mmol/l with flag H is 5.6 mmol/L, high, within the limits as sent', () => {
    expect(only(glucose, 'Observation')).toMatchObject({
      meta: { profile: profile('nl-core-LaboratoryTestResult') },
      status: 'final',
      category: [{ coding: [{ code: 'laboratory' }] }],
      code: { coding: [{ system: loinc, code: '2345-7' }], text: 'Glucose' },
      effectiveDateTime: '2026-07-01T08:15:00+02:00',
      valueQuantity: { value: 5.6, unit: 'mmol/l', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
      interpretation: [{ coding: [{ system: 'http://snomed.info/sct', code: '281302008' }, { code: 'H' }] }],
      referenceRange: [{ low: { value: { rawJSON: '4.0' } }, high: { value: 5.5 }, text: '4,0 - 5,5' }],
      note: [{ text: 'nuchter\nherhaald' }],
    });
  });

  it('mentions its patient and must not replace what is known of them', () => {
    const patient = puts(glucose).find(({ resource }) => resource.resourceType === 'Patient');
    expect(patient?.onlyIfAbsent).toBe(true);
    expect(only(glucose, 'Observation')['subject']).toEqual({
      reference: `Patient/${patient?.resource.id ?? ''}`,
      type: 'Patient',
    });
  });

  it('that is corrected replaces the first, one that is deleted takes it away', () => {
    const first = only(result('OBX|1|NM|2345-7^Glucose^LN||5,6|mmol/l|||||P'), 'Observation');
    const corrected = only(result('OBX|3|NM|2345-7^Glucose^LN||6,5|mmol/l|||||C'), 'Observation');
    expect([corrected.id, corrected['status']]).toEqual([first.id, 'corrected']);
    expect(result('OBX|1|NM|2345-7^Glucose^LN||||||||D').changes).toContainEqual(
      expect.objectContaining({ action: 'delete', id: first.id }),
    );
  });

  it('without a national code goes out as base R4 with its own code, and is reported', () => {
    const local = result('OBX|1|NM|GLUC^Glucose lokaal^L||5,6|mmol/l|||||F');
    expect(only(local, 'Observation')['meta']).toMatchObject({ tag: [{ code: 'unmapped-code' }] });
    expect(only(local, 'Observation')['meta']).not.toHaveProperty('profile');
    expect(codes(local)).toEqual(['unmapped-lab-code OBX']);
  });

  it('of an order with several is a member of the panel', () => {
    const panel = result(
      'NTE|1||nuchter',
      'OBX|1|NM|2345-7^Glucose^LN||5,6|mmol/l|||||F',
      'OBX|2|NM|2160-0^Kreatinine^LN||80|umol/l|||||P',
    );
    const [glucoseResult, creatinine, group] = resources(panel, 'Observation');
    expect(group).toMatchObject({
      code: { coding: [{ system: loinc, code: '24323-8' }] },
      hasMember: [
        { reference: `Observation/${glucoseResult?.id ?? ''}` },
        { reference: `Observation/${creatinine?.id ?? ''}` },
      ],
      note: [{ text: 'nuchter' }],
    });
  });

  it('names its specimen', () => {
    const withSpecimen = result(
      'OBX|1|NM|2345-7^Glucose^LN||5,6|mmol/l|||||F',
      'SPM|1|S1||SER^Serum^HL70487|||||||||||||202607010810',
    );
    const specimen = only(withSpecimen, 'Specimen');
    expect(specimen).toMatchObject({
      type: { coding: [{ code: '67922002' }, { code: 'SER' }] },
      collection: { collectedDateTime: '2026-07-01T08:10:00+02:00' },
    });
    expect(only(withSpecimen, 'Observation')['specimen']).toMatchObject({
      reference: `Specimen/${specimen.id}`,
    });
  });

  it('that is lost does not take the others with it', () => {
    const partly = result(
      'OBX|1|NM|||5|mmol/l|||||F',
      'OBX|2|ED|1^x^LN||^AP^pdf^Base64^JVB!||||||F',
      'OBX|3|NM|2345-7^Glucose^LN||5,6|mmol/l|||||F',
    );
    expect(resources(partly, 'Observation')).toHaveLength(1);
    expect(codes(partly)).toEqual(['unreadable-document OBX[2]-5.5', 'result-without-code OBX-3']);
  });
});

describe('a value', () => {
  it.each([
    ['NM||5,6|mmol/l', { value: 5.6, unit: 'mmol/l', code: 'mmol/L' }],
    ['NM||-0.5|mmol/L', { value: -0.5, code: 'mmol/L' }],
    ['NM||8|mm/uur', { value: 8, unit: 'mm/uur', code: 'mm/h' }],
    ['NM||250|x10^9/l', { value: 250, unit: 'x10^9/l', code: '10*9/L' }],
    ['NM||<0,1|mg/l', { value: 0.1, comparator: '<', code: 'mg/L' }],
    ['SN||>^100|mg/l', { value: 100, comparator: '>' }],
    ['SN||^182|mg/dl', { value: 182 }],
  ])('%s is a quantity', (sent, quantity) => {
    expect(value(`OBX|1|${sent.replace('||', '|2345-7^x^LN||')}|||||F`)['valueQuantity']).toMatchObject(
      quantity,
    );
  });

  it('with a unit nobody knows keeps it as text, without a code', () => {
    expect(value('OBX|1|NM|2345-7^x^LN||5|furlong|||||F')['valueQuantity']).toEqual({
      value: 5,
      unit: 'furlong',
    });
  });

  it.each([['hemolytisch'], ['1.234,5'], ['5,6 mmol/l'], ['12 - 14']])(
    '%s in a numeric field is kept as it was written, and reported',
    (text) => {
      const odd = result(`OBX|1|NM|2345-7^x^LN||${text}|mmol/l|||||F`);
      expect(only(odd, 'Observation')['valueString']).toBe(text);
      expect(codes(odd)).toContain('value-type-mismatch OBX-5');
    },
  );

  it.each([
    ['SN||^5^-^10|mg/l', 'valueRange', { low: { value: 5 }, high: { value: 10 } }],
    ['SN||^1^:^128|', 'valueRatio', { numerator: { value: 1 }, denominator: { value: 128 } }],
    [
      'CE||10828004^Positief^SCT|',
      'valueCodeableConcept',
      { coding: [{ system: 'http://snomed.info/sct', code: '10828004' }], text: 'Positief' },
    ],
    ['CE||Negatief|', 'valueCodeableConcept', { text: 'Negatief' }],
    ['DT||20260103|', 'valueDateTime', '2026-01-03'],
    ['TM||0815|', 'valueTime', '08:15:00'],
    ['TX||regel een~regel twee|', 'valueString', 'regel een\nregel twee'],
  ])('%s is a %s', (sent, element, expected) => {
    const found = value(`OBX|1|${sent.replace('||', '|2345-7^x^LN||')}|||||F`)[element];
    if (typeof expected === 'string') expect(found).toBe(expected);
    else expect(found).toMatchObject(expected);
  });

  it.each(['', '""'])('that is %j has a reason for its absence instead', (empty) => {
    const absent = value(`OBX|1|NM|2345-7^x^LN||${empty}|mmol/l|||||F`);
    expect(absent).toMatchObject({ dataAbsentReason: { coding: [{ code: 'unknown' }] } });
    expect(absent).not.toHaveProperty('valueQuantity');
  });

  it('at a time that does not exist has no time, rather than that of the order', () => {
    const odd = result('OBX|1|NM|2345-7^x^LN||5|mmol/l|||||F|||20260231');
    expect(only(odd, 'Observation')).not.toHaveProperty('effectiveDateTime');
    expect(codes(odd)).toEqual(['invalid-date OBX-14']);
  });
});

describe('vital signs', () => {
  it('in an admission are measurements of the zib, systolic and diastolic as one', () => {
    const message = hl7(
      ...bareAdmission,
      'OBX|1|NM|29463-7^Gewicht^LN||72,5|kg|||||F|||20260301',
      'OBX|2|NM|8480-6^sys^LN||142|mmHg|||||F|||202603011145',
      'OBX|3|NM|8462-4^dia^LN||91|mmHg|||||F|||202603011145',
    );
    const [weight, pressure, ...others] = resources(accept(message), 'Observation');
    expect(others).toEqual([]);
    expect(weight).toMatchObject({
      meta: { profile: profile('nl-core-BodyWeight') },
      valueQuantity: { value: 72.5, code: 'kg' },
    });
    expect(pressure).toMatchObject({
      meta: { profile: profile('nl-core-BloodPressure') },
      effectiveDateTime: '2026-03-01T11:45:00+01:00',
      component: [
        { valueQuantity: { value: 142, code: 'mm[Hg]' } },
        { valueQuantity: { value: 91, code: 'mm[Hg]' } },
      ],
    });
  });
});
