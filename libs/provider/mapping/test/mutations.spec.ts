import fc from 'fast-check';
import { validateResource } from '@samenhang/fhir-r4';
import { normaliseMessage, type SourceMessage } from '@samenhang/mapping';
import { describe, expect, it } from 'vitest';
import { bgzDocument } from './support/bgz-document.js';
import { sourceBundle } from './support/fhir-resources.js';
import { fhir, puts, source } from './support/messages.js';
import { nastyBundle } from './support/nasty-resources.js';
import { stu3Bundle } from './support/stu3-resources.js';

/** What senders put in the place of something else. */
const strange = fc.constantFrom<unknown>(
  undefined,
  null,
  '',
  ' ',
  '0',
  0,
  -1.5,
  true,
  false,
  [],
  {},
  [null],
  ['x'],
  { text: 'x' },
  { coding: [] },
  { coding: [{}] },
  { reference: 'Patient/' },
  { value: '1' },
  '2024-13-45',
  '2024',
);

/** A copy in which what stands at some place is something else. */
function mutate(value: unknown, steps: readonly number[], replacement: unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined || typeof value !== 'object' || value === null) return replacement;
  const keys = Object.keys(value);
  const key = keys[step % Math.max(1, keys.length)];
  if (key === undefined) return replacement;
  const inner = mutate((value as Record<string, unknown>)[key], rest, replacement);
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (String(index) === key ? inner : item));
  return { ...value, [key]: inner };
}

function expectUse(message: SourceMessage): void {
  const result = normaliseMessage(message);
  expect(result.issues.map(({ code }) => code)).not.toContain('mapping-failed');
  if (result.outcome === 'rejected') return;
  const resources = puts(result).map(({ resource }) => resource);
  for (const resource of resources) expect(validateResource(resource)).toEqual([]);
  const entry = resources.map((resource) => ({ resource }));
  const again = normaliseMessage(fhir({ resourceType: 'Bundle', type: 'collection', entry }));
  const after = again.outcome === 'rejected' ? [] : puts(again).map(({ resource }) => resource);
  const lines = (all: readonly object[]): string[] => all.map((one) => JSON.stringify(one)).sort();
  expect(lines(after)).toEqual(lines(resources));
}

describe('content of which something is strange is used as far as it is valid, and stays as it is then', () => {
  const place = fc.array(fc.nat(400), { minLength: 1, maxLength: 7 });

  it.each([
    ['fhir-r4', sourceBundle()],
    ['fhir-r4', nastyBundle()],
    ['fhir-stu3', stu3Bundle()],
  ] as const)('%s', { timeout: 60_000 }, (format, bundle) => {
    const { entry } = bundle as { entry: unknown[] };
    fc.assert(
      fc.property(place, strange, fc.nat(entry.length - 1), (steps, replacement, index) => {
        const mutated = {
          resource: mutate((entry[index] as { resource: unknown }).resource, steps, replacement),
        };
        const others = entry.filter((_one, position) => position < 2 && position !== index);
        expectUse({
          ...fhir({ resourceType: 'Bundle', type: 'collection', entry: [...others, mutated] }),
          format,
        });
      }),
      { numRuns: 300 },
    );
  });

  it('cda', { timeout: 60_000 }, () => {
    const tags = [...bgzDocument.matchAll(/\s[\w:]+="[^"]*"|<\w+[^<>]*\/>|>[^<>]+</g)];
    fc.assert(
      fc.property(
        fc.nat(tags.length - 1),
        fc.constantFrom('', ' x="y"', '<value/>'),
        (index, replacement) => {
          const match = tags[index];
          const start = match?.index ?? 0;
          const kept = match?.[0].startsWith('>') === true ? '><' : replacement;
          const content =
            bgzDocument.slice(0, start) + kept + bgzDocument.slice(start + (match?.[0].length ?? 0));
          expectUse({ ...source, format: 'cda', content: Buffer.from(content) });
        },
      ),
      { numRuns: 80 },
    );
  });
});
