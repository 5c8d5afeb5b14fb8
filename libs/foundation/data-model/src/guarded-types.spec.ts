import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dataCategories, findDataCategory } from './data-categories.js';
import { guardedTypes, guardsOf, isPatientFact, typesGuardedBy } from './guarded-types.js';

const all = dataCategories.map(({ code }) => code);

describe('what is in no data category', () => {
  it('is guarded as docs/security.md says', () => {
    const file = new URL('../../../../docs/security.md', import.meta.url);
    const [, section = ''] = readFileSync(file, 'utf8').split('## What is in no data category');
    const rows = [...section.matchAll(/^\| ([A-Z]\w+) \| [^|]+ \| ([^|]+) \| [^|]+ \|$/gm)];
    const documented = rows.map(([, type, guards = '']) => [
      type,
      guards === 'every category' ? [...all].sort() : guards.split(', ').sort(),
    ]);
    expect(documented).toEqual(guardedTypes.map((type) => [type, [...guardsOf(type)].sort()]));
  });

  it('is given with all that guards it, and with nothing less', () => {
    expect(typesGuardedBy(new Set(all))).toEqual(guardedTypes);
    expect(typesGuardedBy(new Set())).toEqual([]);
    for (const type of guardedTypes)
      for (const lacking of guardsOf(type))
        expect(typesGuardedBy(new Set(all.filter((code) => code !== lacking)))).not.toContain(type);
  });

  it('is about a patient all the same', () => {
    for (const resourceType of guardedTypes) {
      expect(findDataCategory({ resourceType })).toBeUndefined();
      expect(isPatientFact({ resourceType })).toBe(true);
    }
    for (const { resourceType } of dataCategories) expect(isPatientFact({ resourceType })).toBe(true);
    for (const resourceType of ['Practitioner', 'Medication', 'Binary', 'constructor'])
      expect(isPatientFact({ resourceType })).toBe(false);
    expect(guardsOf('Practitioner')).toEqual([]);
  });
});
