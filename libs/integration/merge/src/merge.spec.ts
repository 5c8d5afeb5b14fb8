import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelledPairs, missedPairs, type LabelledPair } from '../test/labelled-pairs.js';
import {
  allergy,
  at,
  clinical,
  concept,
  gp,
  hospital,
  measured,
  numbered,
  pharmacy,
  problem,
  result,
  verified,
} from '../test/patient-facts.js';
import {
  mergeFacts,
  PreparedFacts,
  reconcileDemographics,
  type FactGroup,
  type SourcedResource,
} from './index.js';

const bsn = { identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '900186021' }] };
const person = (further: Record<string, unknown>) => ({ resourceType: 'Patient', ...bsn, ...further });

const everything: SourcedResource[] = [
  ...labelledPairs.flatMap(({ left, right }, index) => [
    at(gp, `l${index}`, left),
    at(hospital, `r${index}`, right),
  ]),
  at(pharmacy, 'p1', allergy()),
  at(
    hospital,
    'panel',
    result({
      valueQuantity: undefined,
      component: [{ code: concept('8480-6'), ...measured(120, 'mm[Hg]') }],
    }),
  ),
  at(gp, 'pat', person({ birthDate: '1950-01-01', name: [{ family: 'Jansen' }] })),
  at(hospital, 'pat', person({ birthDate: '1950-01-01', name: [{ family: 'Janssen' }] })),
  at(hospital, 'doc', { resourceType: 'DocumentReference', status: 'current' }),
];

function membersOf(groups: readonly FactGroup[]): string[] {
  return groups
    .flatMap(({ members }) => members.map((member) => `${member.custodian} ${member.fullUrl}`))
    .sort();
}

describe('labelled pairs', () => {
  it.each(labelledPairs.map((pair) => [pair.same ? 'joins' : 'keeps apart', pair.name, pair] as const))(
    '%s: %s',
    (_verb, _name, pair) => {
      const groups = mergeFacts([at(gp, 'a', pair.left), at(hospital, 'b', pair.right)]);
      expect(groups.length).toBe(pair.same ? 1 : 2);
    },
  );

  const isJoined = ({ left, right }: LabelledPair): boolean =>
    mergeFacts([at(gp, 'a', left), at(hospital, 'b', right)]).length === 1;

  it.each(missedPairs.map((pair) => [pair.name, pair] as const))('does not see: %s', (_name, pair) => {
    expect(isJoined(pair)).toBe(false);
  });

  it('have the precision and the recall that the README states', () => {
    const pairs = [...labelledPairs, ...missedPairs];
    const joined = pairs.filter(isJoined);
    const right = joined.filter(({ same }) => same).length;
    const precision = (right / joined.length).toFixed(3);
    const recall = (right / pairs.filter(({ same }) => same).length).toFixed(3);
    expect(precision).toBe('1.000');
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    expect(readme).toContain(`precision ${precision}, recall ${recall}`);
  });
});

describe('properties', () => {
  it('does not depend on the order of sources or resources', () => {
    const expected = mergeFacts(everything);
    fc.assert(
      fc.property(fc.shuffledSubarray(everything, { minLength: everything.length }), (shuffled) => {
        expect(mergeFacts(shuffled)).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it('does not depend on what was prepared before', () => {
    const expected = mergeFacts(everything);
    fc.assert(
      fc.property(fc.subarray(everything), (first) => {
        const prepared = new PreparedFacts();
        for (const { resource } of first) prepared.take(resource);
        expect(mergeFacts(everything, prepared)).toEqual(expected);
      }),
    );
  });

  it('drops nothing, alters nothing and shows one of the originals', () => {
    const before = JSON.stringify(everything);
    fc.assert(
      fc.property(fc.subarray(everything), (some) => {
        const groups = mergeFacts(some);
        expect(membersOf(groups)).toEqual(some.map((item) => `${item.custodian} ${item.fullUrl}`).sort());
        for (const group of groups) expect(some).toContain(group.representative);
      }),
    );
    expect(JSON.stringify(everything)).toBe(before);
  });

  it('is idempotent, and blind to repetition', () => {
    const once = mergeFacts(everything);
    expect(mergeFacts(once.flatMap(({ members }) => members))).toEqual(once);
    expect(mergeFacts([...everything, ...everything])).toEqual(once);
  });
});

describe('what only a number joins', () => {
  const letter = (custodian: typeof gp, id: string, date?: string, value?: string) =>
    at(custodian, id, {
      resourceType: 'DocumentReference',
      status: 'current',
      type: { text: 'Letter' },
      ...(date === undefined ? {} : { date }),
      ...(value === undefined ? {} : { identifier: [{ system: 'urn:letters', value }] }),
    });

  it('is apart without one, however alike, and one with one', () => {
    expect(mergeFacts([letter(gp, 'a', '2026-01-01'), letter(hospital, 'b', '2026-01-01')])).toHaveLength(2);
    expect(
      mergeFacts([letter(gp, 'a', '2026-01-01', '7'), letter(hospital, 'b', '2026-01-01', '7')]),
    ).toHaveLength(1);
  });

  it('has its place in time', () => {
    const groups = mergeFacts([
      letter(gp, 'a', '2024-05-01'),
      letter(hospital, 'b', '2026-01-01'),
      letter(gp, 'c'),
    ]);
    expect(groups.map(({ representative }) => representative.resource.id)).toEqual(['b', 'a', 'c']);
  });
});

describe('allergies', () => {
  it('shows one allergy of two providers once, with both sources', () => {
    const [group, ...others] = mergeFacts([
      at(gp, 'a', allergy()),
      at(hospital, 'b', allergy({ criticality: 'high' })),
    ]);
    expect(others).toEqual([]);
    expect(group?.members.map(({ custodian }) => custodian)).toEqual([gp, hospital]);
    expect(group?.representative.resource['criticality']).toBe('high');
    expect(group?.differences).toEqual(['criticality']);
  });

  it('keeps and flags a contradiction, also between copies of one record', () => {
    const groups = mergeFacts([
      at(gp, 'a', allergy(numbered('1'))),
      at(hospital, 'b', allergy({ ...numbered('1'), ...verified('refuted') })),
    ]);
    expect(groups.map(({ conflicts }) => conflicts[0]?.elements)).toEqual([
      ['verificationStatus'],
      ['verificationStatus'],
    ]);
    expect(groups[0]?.conflicts[0]?.with).toEqual([groups[1]?.key]);
  });

  it('joins the two that agree and keeps the third that does not', () => {
    const groups = mergeFacts([
      at(gp, 'a', allergy()),
      at(pharmacy, 'b', allergy()),
      at(hospital, 'c', allergy(clinical('resolved'))),
    ]);
    expect(groups.map(({ members }) => members.length).sort()).toEqual([1, 2]);
    expect(groups.every(({ conflicts }) => conflicts.length === 1)).toBe(true);
  });

  it('flags "no known allergy" beside an allergy, and removes neither', () => {
    const groups = mergeFacts([
      at(gp, 'a', allergy()),
      at(hospital, 'b', allergy({ code: concept('716186003') })),
    ]);
    expect(groups.map(({ conflicts }) => conflicts.map(({ kind }) => kind))).toEqual([
      ['negation'],
      ['negation'],
    ]);
  });

  it('does not guess when a source lists the substance twice', () => {
    expect(
      mergeFacts([at(gp, 'a', allergy()), at(gp, 'b', allergy()), at(hospital, 'c', allergy())]),
    ).toHaveLength(3);
  });
});

describe('retractions', () => {
  it('reach every copy of their own object and nothing else', () => {
    const groups = mergeFacts([
      at(hospital, 'original', result({ ...numbered('77'), status: 'entered-in-error' })),
      at(gp, 'copy', result(numbered('77'))),
      at(pharmacy, 'other', result()),
    ]);
    const retracted = groups.filter((group) => group.retracted);
    expect(retracted.map(({ representative }) => representative.resource.id)).toEqual(['original']);
    expect(retracted[0]?.members.map(({ resource }) => resource.id)).toEqual(['copy', 'original']);
    expect(retracted[0]?.conflicts[0]?.kind).toBe('retracted');
    expect(groups.find((group) => !group.retracted)?.representative.resource.id).toBe('other');
  });

  it('follow the newest version of one address', () => {
    const version = (lastUpdated: string, status: string) =>
      at(gp, 'a', problem({ meta: { lastUpdated }, ...verified(status) }));
    const [group] = mergeFacts([
      version('2026-02-01T00:00:00Z', 'entered-in-error'),
      version('2026-01-01T00:00:00Z', 'confirmed'),
    ]);
    expect(group?.retracted).toBe(true);
    expect(group?.members).toHaveLength(2);
  });
});

describe('persons', () => {
  const patients = [
    at(gp, 'a', person({ birthDate: '1950-01-01', name: [{ family: 'Jansen' }], gender: 'female' })),
    at(hospital, 'b', person({ birthDate: '1950-01-01', name: [{ family: 'Jansen-de Vries' }] })),
  ];

  it('are reconciled alike in whatever order they come', () => {
    const many = [
      ...patients,
      at(
        pharmacy,
        'c',
        person({ name: [{ family: 'Jansen' }], gender: 'unknown', telecom: [{ value: '1' }] }),
      ),
      at(gp, 'd', person({ birthDate: '1950-01-02', deceasedBoolean: false })),
    ];
    const expected = reconcileDemographics(many);
    fc.assert(
      fc.property(fc.shuffledSubarray(many, { minLength: many.length }), (shuffled) => {
        expect(reconcileDemographics(shuffled)).toEqual(expected);
      }),
    );
  });

  it('are one group per BSN, with the custodians of each element kept', () => {
    expect(mergeFacts(patients)).toHaveLength(1);
    const name = reconcileDemographics(patients).find(({ element }) => element === 'name');
    expect(name?.values.map(({ custodians }) => custodians)).toEqual([[gp], [hospital]]);
    expect(
      reconcileDemographics(patients).find(({ element }) => element === 'birthDate')?.values[0]?.custodians,
    ).toEqual([gp, hospital]);
  });

  it('are not shown as one when birth date and name both differ', () => {
    const other = at(pharmacy, 'c', person({ birthDate: '1980-05-05', name: [{ family: 'Bakker' }] }));
    const groups = mergeFacts([...patients, other]);
    expect(groups.length).toBeGreaterThan(1);
    expect(groups.every(({ conflicts }) => conflicts[0]?.kind === 'identity')).toBe(true);
  });
});
