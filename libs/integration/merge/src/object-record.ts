import { exactText } from './canonical.js';
import { keyOf, type SourcedResource } from './contribution.js';
import { groupBy } from './disjoint-sets.js';
import { codesOf, isRecord } from './elements.js';

/** One object at one holder: the version that counts, and earlier versions that came along. */
export interface ObjectRecord {
  readonly key: string;
  readonly current: SourcedResource;
  readonly versions: readonly SourcedResource[];
}

/** Brings versions of one address together, newest first. An exact repetition counts once. */
export function toObjectRecords(items: readonly SourcedResource[]): ObjectRecord[] {
  const sorted = groupBy(items, (item) => `${item.resource.resourceType} ${keyOf(item)}`).map((versions) => {
    const [only] = versions;
    if (only !== undefined && versions.length === 1) return { key: keyOf(only), current: only, versions };
    const distinct = new Map(versions.map((item) => [`${item.source} ${exactText(item.resource)}`, item]));
    const ordered = [...distinct].sort(
      ([textA, a], [textB, b]) => compareAge(b, a) || compareText(textA, textB),
    );
    const [newest] = ordered;
    if (newest === undefined) throw new RangeError('A group has at least one member');
    return { key: keyOf(newest[1]), current: newest[1], versions: ordered.map(([, item]) => item) };
  });
  return sorted.sort((a, b) => compareText(a.key, b.key));
}

/** Negative when `a` is the older. Without a date a version counts as the oldest. */
export function compareAge(a: SourcedResource, b: SourcedResource): number {
  return lastUpdated(a) - lastUpdated(b) || versionNumber(a) - versionNumber(b);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** FHIR R4: `status` of most resources, `verificationStatus` of Condition and AllergyIntolerance. */
export function isEnteredInError(item: SourcedResource): boolean {
  const { resource } = item;
  return [resource['status'], resource['verificationStatus']].some((status) =>
    codesOf(status).includes('entered-in-error'),
  );
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
