import { describe, expect, it } from 'vitest';
import { normaliseMessage } from '@samenhang/mapping';
import { accept, bareAdmission, bareResult, codes, hl7, msh, only, resources } from './support/messages.js';

const withNumbers = (numbers: string): ReturnType<typeof hl7> =>
  hl7(...bareAdmission.slice(0, 2), `PID|1||${numbers}||Jansen`);
const bsn = (number: string): string => `${number}^^^NLMINBIZA^NNNLD`;
const refusal = (message: ReturnType<typeof hl7>): string[] => {
  const result = normaliseMessage(message);
  return result.outcome === 'rejected'
    ? codes({ issues: result.issues.filter(({ severity }) => severity === 'error') })
    : ['accepted'];
};

describe('a message that leaves the patient open is rejected', () => {
  it.each([
    [
      'a BSN that fails the eleven-test',
      `1234567^^^^PI~${bsn('123456789')}`,
      'bsn-fails-eleven-test PID-3[2].1',
    ],
    ['a BSN of all zeros', bsn('000000000'), 'bsn-fails-eleven-test PID-3.1'],
    ['two BSNs', `${bsn('900186021')}~${bsn('999901370')}`, 'bsn-contradictory PID-3[2].1'],
    ['no number', '', 'no-patient-identity PID-3'],
    ['a visit number only', 'ZD200046119^^^ZorgDomein^VN', 'no-patient-identity PID-3'],
  ])('%s', (_what, numbers, expected) => {
    expect(refusal(withNumbers(numbers))).toEqual([expected]);
  });

  it('names the place and never the number', () => {
    const result = normaliseMessage(withNumbers(bsn('123456789')));
    expect(JSON.stringify(result)).not.toContain('123456789');
  });

  it.each([
    ['no PID', [bareAdmission[0] ?? ''], 'missing-segment PID'],
    ['two PIDs', [...bareAdmission, 'PID|2||7654321^^^^PI'], 'several-patients PID[2]'],
    ['an unsupported type', [msh('QBP^Q11'), 'PID|1||1234567^^^^PI'], 'unsupported-message-type MSH-9'],
    ['no header', ['PID|1||1234567^^^^PI'], 'invalid-message MSH'],
    ['a segment in small letters', [bareAdmission[0] ?? '', 'pid|1||1234567^^^^PI'], 'invalid-message MSH'],
  ])('%s', (_what, segments, expected) => {
    expect(refusal(hl7(...segments))).toEqual([expected]);
  });
});

describe('the patient', () => {
  it('has one id by the local number, with or without a BSN', () => {
    const ids = ['1234567^^^^PI', `${bsn('900186021')}~1234567^^^^PI`, '1234567'].map(
      (numbers) => only(accept(withNumbers(numbers)), 'Patient').id,
    );
    expect(new Set(ids).size).toBe(1);
  });

  it('is another at another source', () => {
    const message = withNumbers('1234567^^^^PI');
    const here = only(accept(message), 'Patient').id;
    const there = only(accept({ ...message, sourceId: 'lab' as typeof message.sourceId }), 'Patient').id;
    expect(there).not.toBe(here);
  });

  it('may have the same BSN twice, and one that lost its leading zero', () => {
    const patient = only(accept(withNumbers(`${bsn('10000008')}~${bsn('010000008')}`)), 'Patient');
    expect(patient['identifier']).toMatchObject([{ value: '010000008' }, { value: '010000008' }, {}]);
  });

  it.each([
    ['^^^HN&2.16.840.1.113883.2.4.99.1&ISO^PI', 'urn:oid:2.16.840.1.113883.2.4.99.1'],
    ['^^^HN^PI', 'https://samenhang.example/fhir/source/22222222/epd/authority/HN'],
    ['', 'https://noord.example/patients'],
  ])('with a number %s has the system %s', (rest, system) => {
    expect(only(accept(withNumbers(`1234567${rest}`)), 'Patient')['identifier']).toMatchObject([
      { system },
      {},
    ]);
  });

  it('who died before being born has no date of death, and still died', () => {
    const fields = Array.from({ length: 22 }, () => '').join('|');
    const result = accept(
      hl7(...bareAdmission.slice(0, 2), `PID|1||1234567^^^^PI||Jansen||19650301${fields}|19640101`),
    );
    expect(only(result, 'Patient')).toMatchObject({ deceasedBoolean: true });
    expect(codes(result)).toContain('death-before-birth PID.deceasedDateTime');
  });
});

describe('a merge (A40)', () => {
  const merge = (...segments: string[]): ReturnType<typeof hl7> =>
    hl7(msh('ADT^A40'), 'EVN|A40|20260301', ...segments);
  const id = (number: string): string => only(accept(withNumbers(number)), 'Patient').id;

  it('gives both patients, linked, and says which one lives on', () => {
    const result = accept(merge('PID|1||1234567^^^^PI||Jansen', 'MRG|7654321^^^^PI'));
    expect(result.merges).toEqual([{ survivor: id('1234567^^^^PI'), replaced: id('7654321^^^^PI') }]);
    const [replaced, survivor] = resources(result, 'Patient');
    expect(replaced).toMatchObject({
      active: false,
      link: [{ type: 'replaced-by', other: { reference: `Patient/${survivor?.id ?? ''}` } }],
    });
    expect(survivor).toMatchObject({
      active: true,
      link: [{ type: 'replaces', other: { reference: `Patient/${replaced?.id ?? ''}` } }],
    });
  });

  it('of several pairs gives each', () => {
    const result = accept(merge('PID|1||1^^^^PI||A', 'MRG|2^^^^PI', 'PID|2||3^^^^PI||B', 'MRG|4^^^^PI'));
    expect(result.merges).toHaveLength(2);
  });

  it.each([
    ['without MRG', ['PID|1||1^^^^PI'], 'missing-segment PID MRG'],
    ['of a patient with itself', ['PID|1||1^^^^PI', 'MRG|1^^^^PI'], 'merge-with-itself MRG-1'],
    ['with an unknown patient', ['PID|1||1^^^^PI', 'MRG|'], 'no-patient-identity MRG-1'],
  ])('%s is rejected', (_what, segments, expected) => {
    expect(refusal(merge(...segments))).toEqual([expected]);
  });
});

it('counts a message about charges and makes nothing of it', () => {
  const result = accept(hl7(msh('DFT^P03'), 'PID|1||1234567^^^^PI', 'FT1|1|||20260301'));
  expect([result.changes, codes(result)]).toEqual([
    [],
    ['out-of-scope MSH-9', 'unmapped-segment PID', 'unmapped-segment FT1'],
  ]);
});

it('reads a version that nobody knows as the latest, and says so', () => {
  const result = accept(hl7(msh('ADT^A28', '2.0'), ...bareAdmission.slice(1)));
  expect(only(result, 'Patient')['name']).toMatchObject([{ family: 'Jansen' }]);
  expect(codes(result)).toEqual(['unknown-version MSH-12']);
});

it('reports segments that it does not use', () => {
  expect(codes(accept(hl7(...bareResult, 'OBX|1|NM|2345-7^x^LN||5|mmol/l|||||F', 'ZBE|1', 'ZBE|2')))).toEqual(
    ['unmapped-segment ZBE'],
  );
});
