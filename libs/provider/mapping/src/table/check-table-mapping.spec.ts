import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkTableMapping } from './check-table-mapping.js';

const declaration = {
  patient: {
    identifiers: [{ column: 'bsn', system: 'http://fhir.nl/fhir/NamingSystem/bsn' }, { column: 'patnr' }],
  },
  codes: { geslacht: { M: 'male', V: 'female' } },
  resources: [
    {
      resourceType: 'Patient',
      elements: {
        gender: { column: 'geslacht', as: 'code', codes: 'geslacht' },
        birthDate: { column: 'geboren', as: 'date', formats: ['dd-MM-yyyy', 'yyyy'] },
      },
    },
    {
      name: 'uitslag',
      resourceType: 'Observation',
      key: ['monster', 'bepaling'],
      when: [{ column: 'uitslag', filled: true }],
      elements: {
        status: { constant: 'final' },
        valueQuantity: { column: 'uitslag', as: 'quantity', decimalMark: ',', unitColumn: 'eenheid' },
      },
    },
  ],
};

function problemsOf(value: unknown): string[] {
  const outcome = checkTableMapping(value);
  return 'problems' in outcome ? outcome.problems.map(({ path }) => path) : [];
}

describe('checkTableMapping', () => {
  it('takes the declaration that the documentation shows', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../../../docs/mapping/tables.md'), 'utf8');
    const [, example = ''] = /```json\n([^]*?)```/.exec(page) ?? [];
    expect(problemsOf(JSON.parse(example))).toEqual([]);
  });

  it('takes a declaration that says how rows become resources', () => {
    const outcome = checkTableMapping(declaration);
    expect(outcome).toMatchObject({
      mapping: { resources: [{ key: [] }, { key: ['monster', 'bepaling'] }] },
    });
  });

  it('says of each fault where it stands', () => {
    const [patient, result] = declaration.resources;
    expect(problemsOf('table')).toContain('$');
    expect(problemsOf({ ...declaration, patient: {} })).toEqual(['$.patient.identifiers']);
    expect(problemsOf({ ...declaration, codes: {} })).toEqual(["$.resources[0].elements['gender'].codes"]);
    expect(problemsOf({ ...declaration, resources: [{ ...result, key: undefined }] })).toEqual([
      '$.resources[0].key',
    ]);
    expect(problemsOf({ ...declaration, resources: [{ ...patient, resourceType: 'Claim' }] })).toContain(
      '$.resources[0].resourceType',
    );
    const elements = {
      'name[0].given[x]': { constant: 'a' },
      birthDate: { column: 'geboren', as: 'date', formats: ['dd-mm-yyyy'] },
      subject: { reference: 'nobody' },
      active: { column: 'actief', as: 'truth' },
    };
    expect(problemsOf({ ...declaration, resources: [{ ...patient, elements }] })).toEqual([
      "$.resources[0].elements['name[0].given[x]']",
      "$.resources[0].elements['birthDate'].formats[0]",
      "$.resources[0].elements['active'].as",
      "$.resources[0].elements['subject'].reference",
    ]);
  });
});
