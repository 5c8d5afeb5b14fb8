import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntryNotJson, parseFhir } from './parse-fhir.js';

const readAll = (): boolean => false;
const skipClaims = (resourceType: string): boolean => resourceType === 'Claim';
const bundleOf = (...entries: string[]): string =>
  `{"resourceType":"Bundle", "entry" : [ ${entries.join(' , ')} ],"type":"collection"}`;

/** What parsing gives, or that the text is no JSON. */
function outcome(parse: () => unknown): string {
  try {
    return JSON.stringify(parse());
  } catch (error) {
    if (error instanceof SyntaxError) return 'not JSON';
    throw error;
  }
}

describe('FHIR in JSON', () => {
  const values = fc.oneof(
    fc.json(),
    fc.constantFrom(
      '"\\"}"',
      '"\\\\"',
      '"a\\\\\\"]"',
      '{"value":1.50}',
      '-0.0',
      '',
      '{',
      ']',
      '"',
      'nul',
      '1 2',
    ),
  );
  const entry = fc.oneof(
    values,
    values.map((value) => `{"fullUrl":"x","resource":${value}}`),
    values.map((value) => `{"resource":{"resourceType":"Claim","id":"1","x":${value}},"search":{}}`),
  );

  it('is what a parser of all of it reads, and is refused where that refuses it', () => {
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 4 }),
        fc.constantFrom('', ' ', ',"entry":1', '}', 'x'),
        (entries, end) => {
          const text = bundleOf(...entries).replace(/\}$/, `${end}}`);
          const whole = outcome(() => JSON.parse(text));
          const read = outcome(() => parseFhir(text, readAll));
          expect(outcome(() => JSON.parse(read))).toBe(whole);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('has of what nobody reads the names', () => {
    const claim =
      '{"fullUrl":"urn:x","resource":{ "resourceType" : "Claim", "id":"1", "total":{"value":"}]\\"{"}}, "request":{}}';
    const patient = '{"resource":{"resourceType":"Patient","id":"2","active":false}}';
    expect(parseFhir(bundleOf(claim, patient), skipClaims)).toEqual({
      resourceType: 'Bundle',
      type: 'collection',
      entry: [
        { fullUrl: 'urn:x', resource: { resourceType: 'Claim', id: '1' }, request: {} },
        JSON.parse(patient),
      ],
    });
  });

  it('is the same however its lines are indented', () => {
    const bodies = fc.json().map((text) => JSON.parse(text) as unknown);
    const resource = fc.record({
      resourceType: fc.constantFrom('Claim', 'Patient'),
      id: fc.constant('1'),
      x: bodies,
    });
    const entries = fc.array(fc.record({ fullUrl: fc.constant('urn:x'), resource, search: bodies }));
    fc.assert(
      fc.property(entries, fc.constantFrom(0, 1, 2, 4, '\t'), fc.boolean(), (entry, indent, joined) => {
        const text = JSON.stringify({ resourceType: 'Bundle', entry }, null, indent);
        const written = joined ? text.replace(/\},\n\s*\{/g, '}, {') : text;
        const known = entry.map((one) =>
          one.resource.resourceType === 'Claim'
            ? { ...one, resource: { resourceType: 'Claim', id: '1' } }
            : one,
        );
        expect(parseFhir(written, skipClaims)).toEqual(
          JSON.parse(JSON.stringify({ resourceType: 'Bundle', entry: known })),
        );
        expect(parseFhir(written, readAll)).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    ['an item', '{\n    } ], "note": [\n  {\n  }'],
    ['an entry', '{\n    }, {\n    "resource": {\n      "resourceType": "Claim", "id": "3"\n    }\n  }'],
    ['a fault', '{ "x": 01\n    }'],
  ])(
    'is what a parser reads where the indentation of what nobody reads misleads: %s',
    (_kind, misleading) => {
      const text = `{
  "resourceType": "Bundle",
  "entry": [ {
    "resource": {
      "resourceType": "Claim", "id": "1",
      "item": [ ${misleading} ]
    }
  }, {
    "resource": {
      "resourceType": "Patient", "id": "2"
    }
  } ]
}`;
      const { entry } = parseFhir(text, skipClaims) as { entry: { resource: { id: string } }[] };
      expect(entry.map(({ resource }) => resource.id)).toEqual(['1', '2']);
    },
  );

  it.each([
    ['without an id', '{"resource":{"resourceType":"Claim","status":"active"}}'],
    ['whose type comes later', '{"resource":{"id":"1","resourceType":"Claim"}}'],
    [
      'that is not in a Bundle',
      '{"resourceType":"List","entry":[{"resource":{"resourceType":"Claim","id":"1","x":1}}]}',
    ],
  ])('reads all of a resource %s', (_kind, text) => {
    const content = text.startsWith('{"resource"') && !text.includes('List') ? bundleOf(text) : text;
    expect(parseFhir(content, skipClaims)).toEqual(JSON.parse(content));
  });

  it('keeps decimals as they were written', () => {
    const text = bundleOf('{"resource":{"value":1.10}}').replace(/ /g, '');
    expect(JSON.stringify(parseFhir(text, readAll))).toContain('"value":1.10');
  });

  it('says which entry is no JSON', () => {
    expect(() => parseFhir(bundleOf('{}', '{"resource":{"id":tru}}'), readAll)).toThrow(new EntryNotJson(1));
  });
});
