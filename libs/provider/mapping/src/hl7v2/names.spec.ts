import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { givenKind } from '../datatypes/human-names.js';
import { findNameUsage } from './names.js';

describe('Dutch name usage', () => {
  it.each([
    ['de Vries', 'Vries', undefined, 'NL1'],
    ['Jansen', 'Vries', 'Jansen', 'NL2'],
    ['Jansen - de Vries', 'Vries', 'Jansen', 'NL3'],
    ['de Vries - Jansen', 'Vries', 'Jansen', 'NL4'],
    ['DE VRIES-JANSEN', 'Vries', 'Jansen', 'NL4'],
    ['Bakker', 'Vries', 'Jansen', undefined],
    ['Jansen', 'Jansen', 'Jansen', undefined],
  ])('%s of own name %s and partner name %s is %s', (full, own, partner, usage) => {
    expect(findNameUsage(full, own, partner)).toBe(usage);
  });

  it('turns round when own and partner name change places', () => {
    const name = fc.stringMatching(/^[A-Z][a-z]{2,8}$/);
    fc.assert(
      fc.property(name, name, (own, partner) => {
        fc.pre(
          !own.toLowerCase().includes(partner.toLowerCase()) &&
            !partner.toLowerCase().includes(own.toLowerCase()),
        );
        expect(findNameUsage(`${own}#${partner}`, own, partner)).toBe('NL4');
        expect(findNameUsage(`${partner}#${own}`, own, partner)).toBe('NL3');
      }),
    );
  });
});

it.each([
  ['J', 'IN'],
  ['J.', 'IN'],
  ['M.E.', 'IN'],
  ['Th.', 'IN'],
  ['Anna', 'BR'],
  ['Jan Piet', 'BR'],
  ['Jo', 'BR'],
  ['Élise', 'BR'],
  ['É.', 'IN'],
])('the given name %s is of the kind %s', (given, kind) => {
  expect(givenKind(given)).toBe(kind);
});
