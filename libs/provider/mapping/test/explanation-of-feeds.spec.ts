import fc from 'fast-check';
import {
  explainElement,
  leafPaths,
  normaliseMessage,
  type Explanation,
  type SourceMessage,
} from '@samenhang/mapping';
import { describe, expect, it } from 'vitest';
import { bgzDocument } from './support/bgz-document.js';
import { careMessages } from './support/care-messages.js';
import { sourceBundle } from './support/fhir-resources.js';
import { laboratoryTable } from './support/laboratory-table.js';
import { accept, fhir, hl7, puts, settings, source } from './support/messages.js';
import { stu3Bundle } from './support/stu3-resources.js';

type Tree = Record<string, unknown>;
type Step = string | number;

const row = {
  patnr: '4711',
  naam: 'Jansen',
  geslacht: 'V',
  monster: 'M1',
  bepaling: 'KAL',
  uitslag: '4,10',
  eenheid: 'mmol/l',
  tijd: '22-11-2026 08:15',
};
const feeds: Readonly<Record<string, readonly SourceMessage[]>> = {
  'HL7 v2': Object.values(careMessages).map((segments) => hl7(...segments)),
  'FHIR R4': entriesOf(sourceBundle()).map((bundle) => fhir(bundle)),
  STU3: entriesOf(stu3Bundle()).map((bundle) => ({ ...fhir(bundle), format: 'fhir-stu3' })),
  CDA: [{ ...source, format: 'cda', content: Buffer.from(bgzDocument) }],
  'rows of tables': [
    {
      ...source,
      settings: { ...settings, table: laboratoryTable },
      format: 'table-row',
      content: Buffer.from(JSON.stringify(row)),
    },
  ],
};

/** Each entry of a Bundle with the patient, as a Bundle of its own: what it says is explained by itself. */
function entriesOf(bundle: object): object[] {
  const entries = (bundle as { entry: { resource: { resourceType: string } }[] }).entry;
  const patients = entries.filter(({ resource }) => resource.resourceType === 'Patient');
  return entries.map((entry) => ({ ...bundle, entry: [...new Set([...patients, entry])] }));
}

describe('every element of every resource of every feed', () => {
  it.each(Object.entries(feeds))(
    'is explained, by places that are there and are all that matters: %s',
    async (name, messages) => {
      const picks = fc.tuple(fc.constantFrom(...messages), fc.nat(), fc.nat(), fc.nat());
      await fc.assert(
        fc.asyncProperty(picks, async ([message, one, other, seed]) => {
          const made = puts(accept(message));
          const { resource } = made[one % made.length] ?? {};
          if (resource === undefined) return;
          const paths = leafPaths(resource);
          const path = paths[other % paths.length] ?? 'id';
          const { resourceType, id } = resource;
          const explanation = await explainElement(message, { resourceType, id, path });
          if (typeof explanation === 'string') throw new Error(`${resourceType}.${path}: ${explanation}`);
          expectSound(explanation, message);
          if (explanation.complete) expectCovered(explanation, message, seed);
        }),
        { numRuns: name === 'CDA' ? 2 : 6 },
      );
    },
    // A document is mapped hundreds of times for one element.
    300_000,
  );
});

/** It says one of three things, and what it says is there. */
function expectSound(
  { from, places, settings, rule, mappingVersion }: Explanation,
  message: SourceMessage,
): void {
  const states = (effects: readonly { readonly effect: string }[]): boolean =>
    effects.some(({ effect }) => effect === 'value');
  expect(from).toBe(states(places) ? 'source' : states(settings) ? 'setting' : 'rule');
  for (const { path, bytes } of places) {
    expect(path).not.toBe('');
    if (bytes !== undefined) expect(bytes.end).toBeLessThanOrEqual(message.content.length);
  }
  expect(rule.format).toBe(message.format);
  expect(mappingVersion).not.toBe('');
}

/** Leave out any part of the message that it does not name, and the element is as it was, or the message says less. */
function expectCovered(explanation: Explanation, message: SourceMessage, seed: number): void {
  const before = elementOf(accept(message), explanation);
  for (const { without, content } of changesOf(message, explanation, seed)) {
    const changed = normaliseMessage({ ...message, content });
    if (changed.outcome === 'rejected') continue;
    const after = elementOf(changed, explanation);
    if (after !== undefined)
      expect({ element: explanation.path, without, after }).toEqual({
        element: explanation.path,
        without,
        after: before,
      });
  }
}

interface Change {
  readonly without: string;
  readonly content: Buffer;
}

const MOST_CHANGES = 12;

function changesOf(message: SourceMessage, explanation: Explanation, seed: number): Change[] {
  const all =
    message.format === 'hl7v2' || message.format === 'cda'
      ? textChanges(message, explanation)
      : treeChanges(message, explanation);
  const start = all.length === 0 ? 0 : seed % all.length;
  return [...all.slice(start), ...all.slice(0, start)].slice(0, MOST_CHANGES).map((change) => change());
}

/** Words of fields, and of attributes of documents, that no place covers. */
function textChanges({ content, format }: SourceMessage, { places }: Explanation): (() => Change)[] {
  const text = content.toString('latin1');
  const words =
    format === 'cda' ? /(?<=(?:value|code|extension|displayName)=")[^"]+/g : /(?<=\|)[A-Za-z0-9.]+/g;
  return [...text.matchAll(words)].flatMap((match) => {
    const [word] = match;
    const start = match.index;
    const isNamed = places.some(
      ({ bytes }) => bytes !== undefined && start < bytes.end && start + word.length > bytes.start,
    );
    if (isNamed || (format === 'hl7v2' && start < text.indexOf('\r'))) return [];
    return [
      () => ({
        without: `${word} at ${String(start)}`,
        content: Buffer.from(text.slice(0, start) + text.slice(start + word.length), 'latin1'),
      }),
    ];
  });
}

/** Leaves of JSON that no place is, is in, or holds. */
function treeChanges({ content }: SourceMessage, { places }: Explanation): (() => Change)[] {
  const tree = JSON.parse(content.toString()) as Tree;
  const root = typeof tree['resourceType'] === 'string' ? [tree['resourceType']] : [];
  return leavesOf(tree).flatMap((steps) => {
    const path = [...root, ...steps].reduce<string>(written, '');
    const isNamed = places.some(
      ({ path: named }) =>
        `${path}.`.startsWith(`${named}.`) || named.startsWith(path) || path.startsWith(`${named}[`),
    );
    if (isNamed) return [];
    return [() => ({ without: path, content: Buffer.from(JSON.stringify(leaveOut(tree, steps))) })];
  });
}

function written(path: string, step: Step): string {
  if (typeof step === 'number') return `${path}[${String(step)}]`;
  return path === '' ? step : `${path}.${step}`;
}

function leavesOf(value: unknown, steps: readonly Step[] = []): (readonly Step[])[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown, index) => leavesOf(item, [...steps, index]));
  if (typeof value !== 'object' || value === null) return [steps];
  return Object.entries(value).flatMap(([key, item]) =>
    key === 'resourceType' ? [] : leavesOf(item, [...steps, key]),
  );
}

function leaveOut(value: unknown, [step, ...rest]: readonly Step[]): unknown {
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (index === step ? leaveOut(item, rest) : item));
  const copy = { ...(value as Tree) };
  if (rest.length === 0) delete copy[String(step)];
  else copy[String(step)] = leaveOut(copy[String(step)], rest);
  return copy;
}

function elementOf(result: ReturnType<typeof accept>, { resource, path }: Explanation): string | undefined {
  const found = puts(result)
    .map(({ resource }) => resource)
    .find(({ resourceType, id }) => `${resourceType}/${id}` === resource);
  const element = path
    .split(/[.[\]]+/)
    .filter((step) => step !== '')
    .reduce<unknown>((value, step) => (value as Tree | undefined)?.[step], found);
  return element === undefined ? undefined : JSON.stringify(element);
}
