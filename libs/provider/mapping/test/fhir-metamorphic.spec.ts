import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sourceBundle } from './support/fhir-resources.js';
import { accept, fhir, puts, type Accepted } from './support/messages.js';
import { stu3Bundle } from './support/stu3-resources.js';

interface Bundle {
  readonly entry: readonly object[];
}

const asSet = (result: Accepted): string[] =>
  puts(result)
    .map(({ resource, patientId }) => JSON.stringify([patientId, resource]))
    .sort();

const order = (length: number): fc.Arbitrary<number[]> =>
  fc.shuffledSubarray(
    Array.from({ length }, (_unused, index) => index),
    { minLength: length, maxLength: length },
  );

describe('what does not change the meaning of a message', () => {
  it.each([
    ['fhir-r4', sourceBundle() as Bundle],
    ['fhir-stu3', stu3Bundle() as Bundle],
  ] as const)('is the order of the entries of a Bundle (%s)', (format, bundle) => {
    const expected = asSet(accept({ ...fhir(bundle), format }));
    fc.assert(
      fc.property(order(bundle.entry.length), (positions) => {
        const entry = positions.map((position) => bundle.entry[position]);
        expect(asSet(accept({ ...fhir({ ...bundle, entry }), format }))).toEqual(expected);
      }),
      { numRuns: 8 },
    );
  });

  it('is white space, the escapes of its characters and a byte order mark', () => {
    const bundle = sourceBundle();
    const expected = asSet(accept(fhir(bundle)));
    const escaped = JSON.stringify(bundle).replace(
      /[\u0080-\uffff]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    for (const text of [JSON.stringify(bundle, null, '\t'), `\uFEFF${JSON.stringify(bundle)}`, escaped])
      expect(asSet(accept({ ...fhir(bundle), content: Buffer.from(text) }))).toEqual(expected);
  });

  it('is what else comes in the message', () => {
    const { entry } = sourceBundle() as Bundle;
    const broken = { resource: { resourceType: 'Observation', id: 'broken', status: 'no such status' } };
    const expected = asSet(accept(fhir(sourceBundle())));
    const result = accept(fhir({ resourceType: 'Bundle', type: 'collection', entry: [broken, ...entry] }));
    expect(asSet(result)).toEqual(expected);
    expect(result.issues).toContainEqual(
      expect.objectContaining({ code: 'resource-not-used', location: 'Bundle.entry[0].resource' }),
    );
  });
});
