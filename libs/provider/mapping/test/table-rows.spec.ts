import fc from 'fast-check';
import type { SourceMessage } from '@samenhang/mapping';
import { normaliseMessage } from '@samenhang/mapping';
import { describe, expect, it } from 'vitest';
import { laboratoryTable } from './support/laboratory-table.js';
import { accept, only, profile, puts, settings, source } from './support/messages.js';

function row(columns: Readonly<Record<string, string>>): SourceMessage {
  return {
    ...source,
    settings: { ...settings, table: laboratoryTable },
    format: 'table-row',
    content: Buffer.from(JSON.stringify(columns)),
  };
}

const result = {
  patnr: '4711',
  bsn: '900186021',
  naam: 'Jansen',
  geslacht: 'V',
  geboren: '03-05-1965',
  monster: 'M1',
  bepaling: 'KAL',
  omschrijving: 'Kalium',
  uitslag: '4,10',
  eenheid: 'mmol/l',
  tijd: '22-11-2026 08:15',
  nuchter: 'J',
};

describe('a row of a laboratory table', () => {
  it('is a patient and a result, with the precision it was written in', () => {
    const accepted = accept(row(result));
    expect(only(accepted, 'Patient')).toMatchObject({
      meta: { profile: profile('nl-core-Patient') },
      identifier: [
        { system: settings.localIdentifierSystem, value: '4711' },
        { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '900186021' },
        {},
      ],
      name: [{ family: 'Jansen' }],
      gender: 'female',
      birthDate: '1965-05-03',
    });
    const observation = only(accepted, 'Observation');
    expect(observation).toMatchObject({
      meta: { profile: profile('nl-core-LaboratoryTestResult') },
      code: { coding: [{ system: 'http://loinc.org', code: '2823-3' }], text: 'Kalium' },
      effectiveDateTime: '2026-11-22T08:15:00+01:00',
      valueQuantity: { unit: 'mmol/l', code: 'mmol/L' },
      subject: { reference: `Patient/${only(accepted, 'Patient').id}` },
      note: [{ text: 'nuchter' }],
    });
    expect(JSON.stringify(observation['valueQuantity'])).toContain('"value":4.10');
  });

  it('names the same things in the next delivery', () => {
    const ids = (columns: Readonly<Record<string, string>>): string[] =>
      puts(accept(row(columns))).map(({ resource }) => resource.id);
    expect(ids({ ...result, uitslag: '4,2' })).toEqual(ids(result));
    expect(ids({ ...result, monster: 'M2' })).not.toEqual(ids(result));
  });

  it('keeps words and limits as they are, and leaves out what is not of the form declared', () => {
    const accepted = accept(row({ ...result, bepaling: 'XYZ', uitslag: '<0,5', geboren: '1965' }));
    expect(only(accepted, 'Observation')).toMatchObject({
      meta: { tag: [{ code: 'unmapped-code' }] },
      code: { text: 'Kalium' },
      valueQuantity: { comparator: '<', value: 0.5 },
    });
    expect(only(accepted, 'Patient')['birthDate']).toBe('1965');
    const wrong = accept(row({ ...result, uitslag: '1.234', tijd: '31-02-2026 08:15' }));
    expect(only(wrong, 'Observation')).not.toHaveProperty('valueQuantity');
    expect(
      wrong.issues.filter(({ code }) => code === 'unreadable-value').map(({ location }) => location),
    ).toEqual(["row['tijd']", "row['uitslag']"]);
  });

  it('makes no result where its condition does not hold', () => {
    const { uitslag: _none, ...administrative } = result;
    expect(puts(accept(row(administrative))).map(({ resource }) => resource.resourceType)).toEqual([
      'Patient',
    ]);
  });

  it.each([
    ['no number of the patient', { ...result, patnr: '', bsn: ' ' }, 'no-patient'],
    ['a BSN that fails the eleven-test', { ...result, bsn: '123456789' }, 'bsn-fails-eleven-test'],
    ['no key', { ...result, monster: '', bepaling: '' }, 'no-key'],
  ])('with %s is rejected', (_title, columns, code) => {
    const outcome = normaliseMessage(row(columns));
    expect(outcome.outcome).toBe('rejected');
    expect(outcome.issues.map((issue) => issue.code).join(' ')).toContain(code.replace('bsn-', ''));
  });

  it('keeps every number of a patient of whom it makes no resource, and judges the BSN', () => {
    const [, observation] = laboratoryTable.resources;
    const table = { ...laboratoryTable, resources: [observation] };
    const of = (columns: Readonly<Record<string, string>>): SourceMessage => {
      const message = row(columns);
      return { ...message, settings: { ...message.settings, table } };
    };
    const accepted = accept(of(result));
    const patient = only(accepted, 'Patient');
    expect(patient['identifier']).toMatchObject([
      { system: settings.localIdentifierSystem, value: '4711' },
      { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '900186021' },
      {},
    ]);
    expect(patient.id).toBe(only(accept(row(result)), 'Patient').id);
    expect(only(accepted, 'Observation')).toMatchObject({ subject: { reference: `Patient/${patient.id}` } });
    expect(only(accepted, 'Observation')).not.toHaveProperty('contained');
    expect(normaliseMessage(of({ ...result, bsn: '123456789' }))).toMatchObject({
      outcome: 'rejected',
    });
  });

  it('says which columns are used', () => {
    const observed = accept(row({ ...result, kamer: '12' })).observations;
    expect(observed).toContainEqual({
      kind: 'field',
      messageType: 'table-row',
      path: 'kamer',
      used: false,
      count: 1,
    });
    expect(observed).toContainEqual({
      kind: 'field',
      messageType: 'table-row',
      path: 'uitslag',
      used: true,
      count: 1,
    });
  });

  it('of any content is accepted or rejected, never thrown', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...Object.keys(result)), fc.string()), (columns) => {
        expect(['accepted', 'rejected']).toContain(normaliseMessage(row({ ...result, ...columns })).outcome);
        expect(normaliseMessage(row(columns)).issues.map(({ code }) => code)).not.toContain('mapping-failed');
      }),
    );
  });
});
