import { groupBy } from './disjoint-sets.js';
import { codesOf, elementOf, isPresent, isRecord } from './elements.js';
import type { ObjectRecord } from './object-record.js';
import type { MergeRule, StateElement } from './rules.js';

/** Records that can be shown as one, and the elements that set them apart from the other parts. */
export interface Partition {
  readonly parts: readonly ObjectRecord[][];
  readonly elements: readonly string[];
}

/** Keeps records of one fact apart where they contradict each other; an absent element contradicts nothing. */
export function splitContradictions(records: readonly ObjectRecord[], rule: MergeRule): Partition {
  if (records.length === 1) return { parts: [[...records]], elements: [] };
  const states = new Map(records.map((record) => [record, stateOf(record, rule)]));
  const elements = rule.state.flatMap(({ element }, index) => {
    const said = new Set(
      [...states.values()].map((state) => state[index] ?? null).filter((value) => value !== null),
    );
    return said.size > 1 ? [{ element, index }] : [];
  });
  const parts = groupBy(records, (record) =>
    JSON.stringify(elements.map(({ index }) => states.get(record)?.[index] ?? null)),
  );
  return { parts, elements: elements.map(({ element }) => element) };
}

/**
 * One BSN, but both birth date and family name differ: too likely two people for showing them as one.
 * Everything else about a person may differ between sources and is reconciled element by element.
 */
export function splitPatients(records: readonly ObjectRecord[]): Partition {
  const identity = (record: ObjectRecord) => ({
    birthDate: String(record.current.resource['birthDate'] ?? ''),
    families: familyNames(record),
  });
  const [first, ...others] = records.map(identity);
  const doubtful =
    first !== undefined &&
    pairs([first, ...others]).some(
      ([a, b]) =>
        a.birthDate !== '' &&
        b.birthDate !== '' &&
        a.birthDate !== b.birthDate &&
        a.families.length > 0 &&
        b.families.length > 0 &&
        !a.families.some((name) => b.families.includes(name)),
    );
  if (!doubtful) return { parts: [[...records]], elements: [] };
  const parts = groupBy(records, (record) =>
    JSON.stringify([identity(record).birthDate, identity(record).families]),
  );
  return { parts, elements: ['birthDate', 'name'] };
}

function familyNames(record: ObjectRecord): string[] {
  const names = record.current.resource['name'];
  const families = (Array.isArray(names) ? names : []).flatMap((name: unknown) =>
    isRecord(name) && typeof name['family'] === 'string'
      ? [
          name['family']
            .normalize('NFKD')
            .toLowerCase()
            .replace(/[^a-z]/g, ''),
        ]
      : [],
  );
  return [...new Set(families)].sort();
}

function pairs<T>(items: readonly T[]): [T, T][] {
  return items.flatMap((a, index) => items.slice(index + 1).map((b): [T, T] => [a, b]));
}

function stateOf(record: ObjectRecord, rule: MergeRule): (string | null)[] {
  return rule.state.map((state) => stateValue(record, state));
}

function stateValue({ current, traits }: ObjectRecord, { element, classes }: StateElement): string | null {
  const value = elementOf(current.resource, element);
  if (!isPresent(value)) return null;
  if (classes === undefined) return traits.canonicalOf(element);
  const said = codesOf(value).map((code) => (code in classes ? (classes[code] ?? null) : code));
  const meanings = [...new Set(said.filter((meaning) => meaning !== null))].sort();
  return meanings.length === 0 ? null : meanings.join(' ');
}
