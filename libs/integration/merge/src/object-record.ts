import { exactText } from './canonical.js';
import { keyOf, type SourcedResource } from './contribution.js';
import { groupBy } from './disjoint-sets.js';
import { isRecord } from './elements.js';
import type { PreparedFacts } from './prepared-facts.js';
import type { ResourceTraits } from './resource-traits.js';

/** One object at one holder: the version that counts, and earlier versions that came along. */
export interface ObjectRecord {
  readonly key: string;
  readonly current: SourcedResource;
  readonly versions: readonly SourcedResource[];
  /** Of the current version. */
  readonly traits: ResourceTraits;
}

/** Brings versions of one address together, newest first. An exact repetition counts once. */
export function toObjectRecords(items: readonly SourcedResource[], prepared: PreparedFacts): ObjectRecord[] {
  return groupBy(items, (item) => `${item.resource.resourceType} ${keyOf(item)}`)
    .map((repeated) => {
      const versions = repeated.length === 1 ? repeated : distinctVersions(repeated);
      const [current] = versions;
      if (current === undefined) throw new RangeError('A group has at least one member');
      return { key: keyOf(current), current, versions, traits: prepared.of(current.resource) };
    })
    .sort((a, b) => compareText(a.key, b.key));
}

function distinctVersions(items: readonly SourcedResource[]): SourcedResource[] {
  const distinct = new Map(items.map((item) => [`${item.source} ${exactText(item.resource)}`, item]));
  return [...distinct]
    .sort(([textA, a], [textB, b]) => compareAge(b, a) || compareText(textA, textB))
    .map(([, item]) => item);
}

/** Negative when `a` is the older. Without a date a version counts as the oldest. */
export function compareAge(a: SourcedResource, b: SourcedResource): number {
  return lastUpdated(a) - lastUpdated(b) || versionNumber(a) - versionNumber(b);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function metaOf(item: SourcedResource): Record<string, unknown> {
  const meta = item.resource['meta'];
  return isRecord(meta) ? meta : {};
}

function lastUpdated(item: SourcedResource): number {
  const time = Date.parse(String(metaOf(item)['lastUpdated'] ?? ''));
  return Number.isNaN(time) ? 0 : time;
}

function versionNumber(item: SourcedResource): number {
  const version = Number(metaOf(item)['versionId']);
  return Number.isFinite(version) ? version : 0;
}
