import type { FhirResource } from '@samenhang/data-model';
import { canonical } from './canonical.js';
import { groupBy } from './disjoint-sets.js';
import { elementOf, identifiersOf, isPresent, isRecord, type Coding } from './elements.js';
import type { ObjectRecord } from './object-record.js';
import type { ExactFactRule, MergeRule, Precision } from './rules.js';

/** Codings of the coded heart of a fact, also where it is a reference to a Medication. */
export type CodingLookup = (record: ObjectRecord, element: string) => readonly Coding[];

/**
 * Level 1: records of different sources whose clinical content is exactly equal are one fact. A source that lists the
 * content twice, or numbers that differ within one numbering system, say that there are two: then nothing is joined.
 */
export function joinSameFacts(
  clusters: readonly ObjectRecord[][],
  rule: MergeRule,
  codings: CodingLookup,
): ObjectRecord[][] {
  const { exact } = rule;
  if (exact === undefined) return [...clusters];
  return groupBy(
    clusters.map((cluster, index) => ({
      cluster,
      key: clusterKey(cluster, exact, codings) ?? `alone ${index}`,
    })),
    ({ key }) => key,
  ).flatMap((bucket) => {
    const found = bucket.map(({ cluster }) => cluster);
    return found.length > 1 && areOneFact(found, exact, codings) ? [found.flat()] : found;
  });
}

/** The exact-fact key that all records of the cluster agree on. */
function clusterKey(
  cluster: readonly ObjectRecord[],
  rule: ExactFactRule,
  codings: CodingLookup,
): string | undefined {
  const [first, ...others] = cluster;
  const key = first === undefined ? undefined : factKey(first, rule, codings);
  return others.every((record) => factKey(record, rule, codings) === key) ? key : undefined;
}

function factKey(record: ObjectRecord, rule: ExactFactRule, codings: CodingLookup): string | undefined {
  const { factContent } = record.traits;
  if (factContent === undefined) return undefined;
  const code = primaryCode(codings(record, rule.code.element), rule.code.systems);
  return code === undefined ? undefined : `${code} ${factContent}`;
}

/** What must be equal beside the code, as one text. Undefined where the record says too little to prove anything. */
export function factContentOf(resource: FhirResource, rule: ExactFactRule): string | undefined {
  if (!rule.anchors.every(({ element, precision }) => isAnchored(elementOf(resource, element), precision)))
    return undefined;
  if (rule.anyOf !== undefined && !rule.anyOf.some((name) => isPresent(elementOf(resource, name))))
    return undefined;
  return `[${rule.equal.map((name) => canonical(elementOf(resource, name))).join(',')}]`;
}

/** The code in the most authoritative system that is used; local codes and text alone prove nothing between sources. */
function primaryCode(codings: readonly Coding[], systems: readonly string[]): string | undefined {
  for (const system of systems) {
    const codes = codings.flatMap((coding) =>
      coding.system === system && coding.code !== undefined ? [coding.code] : [],
    );
    if (codes.length > 0) return JSON.stringify([system, ...[...new Set(codes)].sort()]);
  }
  return undefined;
}

function isAnchored(value: unknown, precision: Precision | undefined): boolean {
  if (precision === undefined) return isPresent(value);
  const moment = isRecord(value) ? value['start'] : value;
  if (typeof moment !== 'string') return false;
  return precision === 'day'
    ? /^\d{4}-\d{2}-\d{2}/.test(moment)
    : /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(moment);
}

function areOneFact(
  clusters: readonly ObjectRecord[][],
  rule: ExactFactRule,
  codings: CodingLookup,
): boolean {
  const sources = clusters.map((cluster) =>
    cluster.map(({ current }) => `${current.custodian} ${current.source}`),
  );
  if (sharesAny(sources)) return false;
  if (rule.identifiersDistinguish && sharesAny(clusters.map(identifierSystems))) return false;
  return codesAgree(clusters.flat().map((record) => codings(record, rule.code.element)));
}

/** URIs name things world-wide and one thing may have several; only numbers of one numbering system exclude each other. */
const NOT_A_NUMBERING_SYSTEM = 'urn:ietf:rfc:3986';

function identifierSystems(cluster: readonly ObjectRecord[]): string[] {
  const systems = cluster.flatMap((record) =>
    identifiersOf(record.current.resource).map(({ system }) => system),
  );
  return systems.filter((system) => system !== NOT_A_NUMBERING_SYSTEM);
}

/** Whether a value occurs in more than one of the lists. */
function sharesAny(lists: readonly string[][]): boolean {
  const distinct = lists.flatMap((list) => [...new Set(list)]);
  return new Set(distinct).size < distinct.length;
}

/** In each code system all records that use it must use it alike: equal SNOMED CT codes do not outvote different ATC codes. */
function codesAgree(records: readonly (readonly Coding[])[]): boolean {
  const seen = new Map<string, string>();
  return records.every((codings) =>
    groupBy(codings, (coding) => coding.system ?? '').every((group) => {
      const system = group[0]?.system ?? '';
      const codes = [...new Set(group.map((coding) => coding.code ?? ''))].sort().join(' ');
      const known = seen.get(system) ?? codes;
      seen.set(system, known);
      return known === codes;
    }),
  );
}
