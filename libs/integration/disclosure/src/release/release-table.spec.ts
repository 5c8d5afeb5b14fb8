import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ageHierarchy, listHierarchy, postcodeHierarchy } from './hierarchy.js';
import { defaultRequirement, measure, releaseTable, type ReleaseColumns } from './release-table.js';
import type { SourceRow } from './released-row.js';

const diagnoses = ['asthma', 'diabetes', 'flu', 'fracture'];
const columns: ReleaseColumns = {
  known: [
    { column: 'age', hierarchy: ageHierarchy() },
    { column: 'sex', hierarchy: listHierarchy(['female', 'male']) },
    { column: 'postcode', hierarchy: postcodeHierarchy(), from: 1 },
  ],
  sensitive: [{ column: 'diagnosis', hierarchy: listHierarchy(diagnoses) }],
};
const values = fc.record({
  age: fc.integer({ min: 0, max: 105 }).map(String),
  sex: fc.constantFrom('female', 'male'),
  postcode: fc.constantFrom('1011AB', '1012', '1098 ZZ', '3511', '3584CX', '9711'),
  diagnosis: fc.constantFrom(...diagnoses),
});
const rowsOf = (list: readonly SourceRow['values'][]): SourceRow[] =>
  list.map((row, index) => ({ person: `p${index}`, values: row }));
const table = (salaries: readonly (readonly number[])[]) =>
  salaries.flatMap((group, index) =>
    group.map((salary, place) => ({
      person: `${index}-${place}`,
      values: { group: String(index), salary: String(salary) },
    })),
  );

describe('The measures of a table', () => {
  // Worked examples of the article that defines t-closeness: incomes in thousands, in three classes of three.
  const salary = {
    known: [{ column: 'group' }],
    sensitive: [{ column: 'salary', order: 'numeric' as const }],
  };

  it('agree with the published ones for ordered values', () => {
    const near = measure(
      table([
        [3, 4, 5],
        [6, 8, 11],
        [7, 9, 10],
      ]),
      salary,
    );
    expect(near.t).toBeCloseTo(0.375, 9);
    const mixed = measure(
      table([
        [3, 5, 9],
        [6, 8, 11],
        [4, 7, 10],
      ]),
      salary,
    );
    expect(mixed).toMatchObject({ classes: 3, k: 3, l: 3 });
    expect(mixed.t).toBeCloseTo(1 / 6, 9);
    expect(mixed.entropyL).toBeCloseTo(3, 9);
  });

  it('count persons, not rows', () => {
    const rows = table([[3, 4, 5]]).map((row) => ({ ...row, person: 'one' }));
    expect(measure(rows, salary).k).toBe(1);
  });

  it('are the whole distance when a class has one value that nobody else has', () => {
    const unordered = { known: [{ column: 'group' }], sensitive: [{ column: 'salary' }] };
    expect(
      measure(
        table([
          [1, 1],
          [2, 2],
        ]),
        unordered,
      ),
    ).toMatchObject({ k: 2, l: 1, entropyL: 1, t: 0.5 });
  });
});

describe('A released table', () => {
  it('meets its requirement by count of the rows themselves, and says what was left out', () => {
    fc.assert(
      fc.property(fc.array(values, { minLength: 30, maxLength: 250 }), (list) => {
        const outcome = releaseTable(rowsOf(list), columns, { ...defaultRequirement, k: 5, t: 0.5 });
        if (!outcome.released) return;
        const classes = Object.groupBy(outcome.rows, ({ values: row }) =>
          [row['age'], row['sex'], row['postcode']].join('|'),
        );
        for (const group of Object.values(classes)) {
          expect(new Set(group?.map(({ person }) => person)).size).toBeGreaterThanOrEqual(5);
          expect(new Set(group?.map((row) => row.values['diagnosis'])).size).toBeGreaterThanOrEqual(2);
        }
        expect(outcome.report.t).toBeLessThanOrEqual(0.5);
        expect(outcome.report.rows + outcome.report.leftOut).toBe(list.length);
        expect(outcome.report.leftOut).toBeLessThanOrEqual(0.05 * list.length);
      }),
      { numRuns: 60 },
    );
  });

  it('is as fine as the requirement lets it', () => {
    const list = Array.from({ length: 400 }, (_, index) => ({
      age: index % 2 === 0 ? '41' : '67',
      sex: index % 4 < 2 ? 'female' : 'male',
      postcode: '3511AB',
      diagnosis: diagnoses[index % 3] ?? 'flu',
    }));
    const outcome = releaseTable(rowsOf(list), columns);
    expect(outcome).toMatchObject({
      released: true,
      report: { levels: { age: 0, sex: 0, postcode: 1 }, leftOut: 0, classes: 4, k: 100, l: 3 },
    });
  });

  it('is not there when everybody has the same secret', () => {
    const list = Array.from({ length: 100 }, () => ({
      age: '50',
      sex: 'male',
      postcode: '1011',
      diagnosis: 'flu',
    }));
    expect(releaseTable(rowsOf(list), columns)).toEqual({ released: false, reason: 'requirement-not-met' });
  });

  it('carries no text and no column that nobody declared', () => {
    fc.assert(
      fc.property(
        fc.array(values, { minLength: 60, maxLength: 120 }),
        fc.constantFrom('age', 'sex', 'postcode', 'diagnosis', 'note'),
        (list, place) => {
          const rows = rowsOf(list.map((row) => ({ ...row, [place]: 'Canary van der Test, 1011AB' })));
          const outcome = releaseTable(rows, columns, { k: 1, l: 0, t: 1, maximumLeftOut: 0 });
          expect(outcome.released).toBe(true);
          expect(JSON.stringify(outcome)).not.toMatch(/Canary|note|1011AB/);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('leaves who knows age, sex and postcode of everyone with at least k persons and several diagnoses', () => {
    let state = 7;
    const draw = (count: number) => (state = (state * 48_271) % 2_147_483_647) % count;
    const list = Array.from({ length: 3000 }, () => ({
      age: String(draw(100)),
      sex: draw(2) === 0 ? 'female' : 'male',
      postcode: String(1000 + draw(9000)),
      diagnosis: diagnoses[draw(4)] ?? 'flu',
    }));
    const outcome = releaseTable(rowsOf(list), columns);
    if (!outcome.released) throw new Error('Not released');
    const { age, sex, postcode } = outcome.report.levels;
    const [ages, sexes, postcodes] = columns.known.map(({ hierarchy }) => hierarchy);
    const alike = (row: (typeof list)[number]) =>
      outcome.rows.filter(
        ({ values: released }) =>
          released['age'] === ages?.generalise(row.age, age ?? 0) &&
          released['sex'] === sexes?.generalise(row.sex, sex ?? 0) &&
          released['postcode'] === postcodes?.generalise(row.postcode, postcode ?? 0),
      );
    const candidates = list.slice(0, 1000).map(alike);
    const linked = candidates.filter(({ length }) => length > 0 && length < 10);
    const known = candidates.filter(
      (found) => found.length > 0 && new Set(found.map((row) => row.values['diagnosis'])).size < 2,
    );
    expect({ linked: linked.length, known: known.length }).toEqual({ linked: 0, known: 0 });
  });
});
