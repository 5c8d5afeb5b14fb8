import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visitMembers } from './json-members.js';

function membersOf(text: string): Map<string, unknown> {
  const found = new Map<string, unknown>();
  visitMembers(
    text,
    () => true,
    (name, value) => found.set(JSON.parse(`"${name}"`) as string, JSON.parse(value)),
  );
  return found;
}

describe('members of written JSON', () => {
  it('are those that a parser finds, however they are written', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.constantFrom(undefined, 1, '\t'),
        (value, space) => {
          const text = JSON.stringify(value, null, space);
          expect(membersOf(text)).toEqual(new Map(Object.entries(JSON.parse(text) as object)));
        },
      ),
    );
  });

  it('are as they are written: a number keeps its digits', () => {
    const found: string[] = [];
    visitMembers(
      '{"a": 3.50 , "b":{"a":1},"c":"\\"}"}',
      (name) => name !== 'b',
      (_name, value) => found.push(value),
    );
    expect(found).toEqual(['3.50', '"\\"}"']);
  });

  it('are those of one object among other text, and where it ends is told', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.string(),
        (before, value, after) => {
          const object = JSON.stringify(value);
          let found = 0;
          const count = () => found++;
          const end = visitMembers(`${before}${object}${after}`, () => true, count, before.length);
          expect(end).toBe(before.length + object.length);
          expect(found).toBe(Object.keys(value).length);
        },
      ),
    );
  });

  it.each([
    '',
    '[]',
    '"text"',
    '{',
    '{"a"}',
    '{"a":',
    '{"a":1',
    '{"a":1 "b":2}',
    '{"a":"x}',
    '{"a":[1}',
    '{a:1}',
  ])('are not looked for in %j', (text) => {
    expect(() => {
      membersOf(text);
    }).toThrow(SyntaxError);
  });
});
