import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readParameters } from './parameters.js';
import { translationsOf } from './translations-of.js';

const SNOMED = 'http://snomed.info/sct';
const ICD = 'http://hl7.org/fhir/sid/icd-10-nl';
const systems = [SNOMED, ICD];

const match = (equivalence: string, concept: object): object => ({
  name: 'match',
  part: [
    { name: 'equivalence', valueCode: equivalence },
    { name: 'concept', valueCoding: concept },
  ],
});
const answer = (...parameter: object[]): object => ({
  resourceType: 'Parameters',
  parameter: [{ name: 'result', valueBoolean: true }, ...parameter],
});
const translations = (body: unknown): readonly object[] =>
  translationsOf(readParameters(body) ?? [], { systems });

describe('what a terminology server says that says the same', () => {
  it('is equal or equivalent, in the first system of the binding that has any', () => {
    const icd = { system: ICD, code: 'I10' };
    const snomed = { system: SNOMED, code: '59621000', display: 'Essential hypertension' };
    expect(translations(answer(match('equivalent', icd), match('equal', snomed)))).toEqual([snomed]);
    expect(translations(answer(match('equivalent', icd), match('wider', snomed)))).toEqual([icd]);
    expect(translations(answer(match('equivalent', { system: 'urn:other', code: 'x' })))).toEqual([]);
  });

  it('is more than one when the server says more than one, and one when it says that twice', () => {
    const [one, other] = [
      { system: SNOMED, code: '1' },
      { system: SNOMED, code: '2' },
    ];
    expect(translations(answer(match('equal', one), match('equal', other)))).toHaveLength(2);
    expect(translations(answer(match('equal', one), match('equivalent', one)))).toEqual([one]);
  });

  it('is nothing when the result is not true', () => {
    const [, ...rest] = (answer(match('equal', { system: SNOMED, code: '1' })) as { parameter: object[] })
      .parameter;
    for (const result of [
      [],
      [{ name: 'result', valueBoolean: false }],
      [{ name: 'result', valueString: 'true' }],
    ])
      expect(translations({ resourceType: 'Parameters', parameter: [...result, ...rest] })).toEqual([]);
  });

  it('is never wider, narrower or unstated, whatever the answer', () => {
    const equivalence = fc.constantFrom(
      ...[
        'equal',
        'equivalent',
        'wider',
        'narrower',
        'specializes',
        'subsumes',
        'inexact',
        'relatedto',
        'unmatched',
        'disjoint',
      ],
    );
    const concept = fc.record({
      system: fc.constantFrom(SNOMED, ICD, 'urn:other'),
      code: fc.constantFrom('1', '2', ' ', ''),
    });
    const matches = fc.array(fc.tuple(equivalence, concept), { maxLength: 6 });
    fc.assert(
      fc.property(matches, (said) => {
        const found = translations(answer(...said.map((one) => match(...one))));
        for (const one of found) {
          const by = said
            .filter(([, said]) => JSON.stringify(said) === JSON.stringify(one))
            .map(([how]) => how);
          expect(by.some((how) => how === 'equal' || how === 'equivalent')).toBe(true);
          expect(systems).toContain((one as { system: string }).system);
        }
      }),
    );
  });

  it('is nothing, and no error, of what is no answer', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(translations(value)).toEqual([]);
        expect(translations({ resourceType: 'Parameters', parameter: value })).toEqual([]);
      }),
    );
  });
});
