import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalRequest } from './listed-request.js';

const value = fc.string({ maxLength: 20 });
const name = fc.constantFrom('code', 'status', 'category', 'date', '_include', '_count');
const parameters = fc.array(fc.tuple(name, value), { maxLength: 5 });
const spelled = (pairs: readonly (readonly [string, string])[]): string =>
  `Condition?${pairs.map(([key, text]) => `${encodeURIComponent(key)}=${encodeURIComponent(text)}`).join('&')}`;

describe('what an offer lists', () => {
  it('has one spelling, whatever the order of its parameters', () => {
    fc.assert(
      fc.property(parameters, (pairs) => {
        fc.pre(pairs.every(([, text]) => !text.includes('*')));
        const one = canonicalRequest(spelled(pairs));
        expect(canonicalRequest(spelled(pairs.toReversed()))).toBe(one);
        expect(canonicalRequest(one)).toBe(one);
      }),
    );
  });

  it('tells different searches apart', () => {
    fc.assert(
      fc.property(parameters, parameters, (one, other) => {
        fc.pre([...one, ...other].every(([, text]) => !text.includes('*')));
        const key = (pairs: typeof one): string =>
          JSON.stringify(pairs.map((pair) => JSON.stringify(pair)).toSorted());
        expect(canonicalRequest(spelled(one)) === canonicalRequest(spelled(other))).toBe(
          key(one) === key(other),
        );
      }),
    );
  });

  it.each([
    ['another server', 'https://elsewhere.example/Condition/1'],
    ['a way up', '../../Condition/1'],
    ['dots as id', 'Condition/..'],
    ['an operation', 'Patient/$everything'],
    ['a third segment', 'Condition/1/_history'],
    ['an encoded slash', 'Condition%2F1'],
    ['another patient', 'Condition?patient=Patient/2'],
    ['a chain', 'Condition?subject:Patient.identifier=1'],
    ['a chain by dots', 'Condition?encounter.class=IMP'],
    ['everything that points here', 'Condition?_revinclude=Provenance:target'],
    ['all includes', 'Condition?_include=*'],
    ['a reverse chain', 'Condition?_has:Observation:patient:code=1'],
    ['nothing', ''],
    ['a lower-case type', 'condition'],
    ['a long text', `Condition?code=${'9'.repeat(3_000)}`],
  ])('never is %s', (_name, text) => {
    expect(() => canonicalRequest(text)).toThrow(expect.objectContaining({ kind: 'invalid' }));
  });
});
