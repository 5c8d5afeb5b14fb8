import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, type TestDatabase } from '@samenhang/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closures, readTestFiles, runTests, sqlEngine, type ViewEngine } from '../src/index.js';

const folder = fileURLToPath(new URL('../../../../shared/sql-on-fhir-tests', import.meta.url));

let database: TestDatabase;
let client: pg.Client;
let sql: ViewEngine;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  sql = await sqlEngine(client);
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

describe.skipIf(!existsSync(folder))(
  'the tests of the SQL on FHIR specification (../shared/sql-on-fhir-tests)',
  () => {
    it('all pass on both engines', async () => {
      const outcomes = await runTests(readTestFiles(folder), [closures, sql]);
      expect(outcomes.filter(({ faults }) => faults.length > 0)).toEqual([]);
      expect(outcomes.length).toBeGreaterThan(100);
    });
  },
);

const patients = [
  {
    resourceType: 'Patient',
    id: 'a',
    active: true,
    birthDate: '1980-02',
    name: [
      { use: 'official', family: 'Vos', given: ['Anna', 'Maria'] },
      { use: 'usual', given: ['Anne'] },
    ],
    generalPractitioner: [
      { reference: 'Practitioner/p1' },
      { reference: 'https://fhir.example/r4/Organization/o1/_history/2' },
      { reference: 'urn:uuid:0f1b4c6e-0000-4000-8000-000000000000' },
    ],
    multipleBirthInteger: 2,
    _gender: { extension: [{ url: 'http://example.org/reason', valueString: 'asked' }] },
  },
  {
    resourceType: 'Patient',
    id: 'b',
    birthDate: '1980-02-03',
    name: [{ family: 'O\'Brien \\ "x"' }],
    deceasedBoolean: false,
  },
  {
    resourceType: 'Patient',
    id: 'c',
    multipleBirthBoolean: true,
    deceasedDateTime: '2020-01-01T10:00:00+01:00',
  },
];

/** Paths beyond the published tests; what matters is that both engines give the same, and what that is. */
const paths: readonly (readonly [path: string, values: readonly unknown[]])[] = [
  ["name.where(use = 'official').given.last()", ['Maria', null, null]],
  ['name.given.count()', [3, 0, 0]],
  ['name.given.skip(1).take(1).first()', ['Maria', null, null]],
  ["name.exists(use = 'usual' and given.exists())", [true, false, false]],
  ['name.all(family.exists())', [false, true, true]],
  ["iif(active, 'yes', 'no')", ['yes', 'no', 'no']],
  ["name.first().family & '!'", ['Vos!', 'O\'Brien \\ "x"!', '!']],
  ["name.first().family + '!'", ['Vos!', 'O\'Brien \\ "x"!', null]],
  [`name.family = 'O\\'Brien \\\\ "x"'`, [false, true, null]],
  ["'Anne' in name.given", [true, false, false]],
  ["name.given contains 'Bea'", [false, false, false]],
  ['multipleBirth.ofType(integer) + 1', [3, null, null]],
  ['multipleBirth is boolean', [false, false, true]],
  ['birthDate < @1980-02-02', [null, false, null]],
  ['birthDate = @1980-02-03', [null, true, null]],
  ['birthDate > @1979', [true, true, null]],
  ['deceased.ofType(dateTime) = @2020-01-01T09:00:00Z', [null, null, true]],
  ['deceased.ofType(dateTime).lowBoundary()', [null, null, '2020-01-01T10:00:00.000+01:00']],
  ['generalPractitioner.getReferenceKey(Practitioner).first()', ['p1', null, null]],
  ['generalPractitioner.getReferenceKey(Organization).first()', ['o1', null, null]],
  ['generalPractitioner.getReferenceKey().count()', [2, 0, 0]],
  ["gender.extension('http://example.org/reason').value.ofType(string).first()", ['asked', null, null]],
  ["name.family.first().startsWith('V')", [true, false, null]],
  ["name.family.first().lower().endsWith('os')", [true, false, null]],
  ['name.given.first().length()', [4, null, null]],
  ['7 div 2 + 7 mod 2', [4, 4, 4]],
  ['1 / 3', [0.333333333333333, 0.333333333333333, 0.333333333333333]],
  ['1 / 0', [null, null, null]],
  ['0.1 + 0.2 = 0.3', [true, true, true]],
  ['(-1.50).lowBoundary()', [-1.505, -1.505, -1.505]],
  ['-1.50.lowBoundary()', [-1.495, -1.495, -1.495]],
  ['active and {}', [null, null, null]],
  ['active.not() or true', [true, true, true]],
  ['deceased.ofType(boolean) implies false', [null, true, null]],
  ["(name.given | name.family).distinct().join('/')", ['Anna/Maria/Anne/Vos', 'O\'Brien \\ "x"', '']],
  ['name.select(given.first()).last()', ['Anne', null, null]],
  ['Patient.name.family.first()', ['Vos', 'O\'Brien \\ "x"', null]],
];

describe('both engines', () => {
  it.each(paths)('agree on %s', async (path, values) => {
    const view = {
      resource: 'Patient',
      select: [
        {
          column: [
            { name: 'id', path: 'id' },
            { name: 'v', path },
          ],
        },
      ],
    };
    for (const engine of [closures, sql]) {
      const { rows } = await engine.run(view, patients);
      expect(Object.fromEntries(rows.map(([id, value]) => [id, plain(value)])), engine.name).toEqual(
        Object.fromEntries(['a', 'b', 'c'].map((id, index) => [id, values[index]])),
      );
    }
  });

  it('take every text of a view for a text', async () => {
    const hostile = `'; DROP TABLE x; -- \\' " $$ $1 %s \u2028 é`;
    const constant = [{ name: 'hostile', valueString: hostile }];
    const select = [
      {
        column: [
          { name: 'v', path: '%hostile' },
          { name: 'same', path: 'name.family.first() = %hostile' },
        ],
      },
    ];
    const where = [{ path: 'name.where(family = %hostile).exists()' }];
    const resources = [
      { resourceType: 'Patient', id: 'a', name: [{ family: hostile }] },
      { resourceType: 'Patient', id: 'b', name: [{ family: 'x' }] },
    ];
    for (const engine of [closures, sql]) {
      const { rows } = await engine.run({ resource: 'Patient', constant, select, where }, resources);
      expect(rows, engine.name).toEqual([[hostile, true]]);
    }
  });

  it('refuse two values where one is expected', async () => {
    const view = { resource: 'Patient', select: [{ column: [{ name: 'v', path: 'name.given' }] }] };
    for (const engine of [closures, sql])
      await expect(engine.run(view, patients), engine.name).rejects.toThrow();
  });
});

/** Decimals that keep their text are numbers here. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}
