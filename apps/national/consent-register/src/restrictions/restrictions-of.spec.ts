import { combineChoices } from '@samenhang/consent';
import { dataCategories, getUra } from '@samenhang/data-model';
import {
  consentCategories,
  consultingCategories,
  toConsentCategory,
  toConsultingCategory,
} from '@samenhang/mitz';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { representativeOf, toConsentChoice, type RegisteredChoice } from '../choices/choice.js';
import { restrictionsOf } from './restrictions-of.js';

const at = new Date('2026-12-01T10:00:00Z');
const hospital = getUra('22222222');
const pharmacy = getUra('44444444');
const choice = (change: Partial<RegisteredChoice>): RegisteredChoice => ({
  holder: { ura: hospital },
  category: 'GGC002',
  decision: 'deny',
  ...change,
});

describe('what the index must not tell', () => {
  it.each<[string, RegisteredChoice[], object[]]>([
    ['nothing chosen', [], []],
    ['a permit', [choice({ decision: 'permit' })], []],
    ['an objection to anyone', [choice({})], [{ custodian: hospital }]],
    [
      'an objection to pharmacies',
      [choice({ requesterCategory: 'RPZAC005' })],
      [{ custodian: hospital, requesterType: 'A1' }],
    ],
    [
      'no results',
      [choice({ category: 'GGC012' })],
      [{ custodian: hospital, category: 'ObservationLaboratory' }],
    ],
    [
      'no results to mental health care',
      [choice({ category: 'GGC012', requesterCategory: 'RPZAC003' })],
      [{ custodian: hospital, category: 'ObservationLaboratory', requesterType: 'G5' }],
    ],
    [
      'general practices only',
      [choice({}), choice({ requesterCategory: 'RPZAC001', decision: 'permit' })],
      ['G5', 'X3', 'A1', 'V4', 'L1'].map((requesterType) => ({ custodian: hospital, requesterType })),
    ],
    [
      'an objection to a type of holders, which those know of',
      [choice({ holder: { facilityType: 'V4' } })],
      [],
    ],
    [
      'two holders',
      [choice({}), choice({ holder: { ura: pharmacy }, category: 'GGC013' })],
      [
        { custodian: hospital },
        ...['MedicationRequest', 'MedicationDispense', 'MedicationUse'].map((category) => ({
          custodian: pharmacy,
          category,
        })),
      ],
    ],
  ])('%s', (_name, choices, expected) => {
    expect(restrictionsOf(choices, at)).toEqual(expected);
  });

  it('is what the closed question about a named holder would deny, no more and no less', () => {
    const types = Object.keys(consultingCategories) as (keyof typeof consultingCategories)[];
    const someChoice = fc.record({
      holder: fc.constantFrom({ ura: hospital }, { ura: pharmacy }, { facilityType: 'V4' }),
      category: fc.constantFrom(...consentCategories),
      decision: fc.constantFrom<'permit' | 'deny'>('permit', 'deny'),
      requesterCategory: fc.option(fc.constantFrom(...types), { nil: undefined }),
    });
    const cells = fc.record({
      requesterType: fc.constantFrom(...Object.values(consultingCategories).flat()),
      category: fc.constantFrom(...dataCategories.map(({ code }) => code)),
    });
    fc.assert(
      fc.property(fc.array(someChoice, { maxLength: 8 }), cells, (all, { requesterType, category }) => {
        const choices: RegisteredChoice[] = all.map(({ requesterCategory, ...rest }) =>
          requesterCategory === undefined ? rest : { ...rest, requesterCategory },
        );
        const restricted = restrictionsOf(choices, at).some(
          (each) =>
            each.custodian === hospital &&
            (each.category ?? category) === category &&
            (each.requesterType ?? requesterType) === requesterType,
        );
        const { reason } = combineChoices(
          choices.filter(({ holder }) => 'ura' in holder).map(toConsentChoice),
          {
            holder: { ura: hospital, facilityType: 'V4' },
            requester: { ura: getUra('11111111'), facilityType: toConsultingCategory(requesterType) },
            professional: { id: '000095254', roleCode: '01.015' },
            category: representativeOf(toConsentCategory(category)),
            purposeOfUse: 'TREAT',
          },
          at,
        );
        expect(restricted).toBe(reason === 'deny');
      }),
    );
  });
});
