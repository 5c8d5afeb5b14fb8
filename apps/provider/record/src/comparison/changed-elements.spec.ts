import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedElements } from './changed-elements.js';

describe('where two resources differ', () => {
  it('is told by path, never by value', () => {
    const before = {
      id: 'p1',
      meta: { versionId: '1', source: 'urn:x#1' },
      birthDate: '1970-01-01',
      name: [{ family: 'Jansen', given: ['Jan'] }],
    };
    const after = {
      id: 'p1',
      meta: { versionId: '2', source: 'urn:x#2', profile: ['nl-core'] },
      gender: 'male',
      name: [{ family: 'Janssen', given: ['Jan', 'P.'] }],
    };
    expect(changedElements(before, after)).toEqual([
      'meta.profile',
      'birthDate',
      'name[0].family',
      'name[0].given[1]',
      'gender',
    ]);
  });

  it('is nowhere exactly when their content is the same', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.jsonValue()),
        fc.jsonValue(),
        (one, other) => {
          expect(changedElements(one, structuredClone(one))).toEqual([]);
          const changed = { ...one, other };
          const isSame = JSON.stringify(one['other']) === JSON.stringify(other);
          expect(changedElements(one, changed).length === 0).toBe(isSame);
        },
      ),
    );
  });
});
