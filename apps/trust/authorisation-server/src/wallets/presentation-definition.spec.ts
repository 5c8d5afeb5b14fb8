import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valuesAt } from './presentation-definition.js';

describe('valuesAt', () => {
  const root = { a: { b: [1, { c: 2 }] }, 'd e': 3 };

  it.each([
    ['$', [root]],
    ['$.a.b[0]', [1]],
    ['$.a.b[1].c', [2]],
    ['$.a.b[*]', [1, { c: 2 }]],
    ["$['d e']", [3]],
    ['$.a.x', []],
    ['$.a.b[9]', []],
    ['$..c', []],
    ['$.a.b[?(@.c)]', []],
    ['a.b', []],
    ['', []],
    ['$.constructor', []],
    ['$.__proto__', []],
  ])('%s', (path, values) => expect(valuesAt(root, path)).toEqual(values));

  it('reads any path without failing', () => {
    fc.assert(fc.property(fc.string(), (path) => Array.isArray(valuesAt(root, path))));
    fc.assert(fc.property(fc.string(), (path) => Array.isArray(valuesAt(root, `$${path}`))));
  });
});
