import { splitContradictions, splitPatients, type Partition } from './contradictions.js';
import { keyOf, type Conflict, type FactGroup, type SourcedResource } from './contribution.js';
import { groupBy } from './disjoint-sets.js';
import { medicationLookup } from './medication-lookup.js';
import { withNegations } from './negation.js';
import { compareAge, compareText, toObjectRecords, type ObjectRecord } from './object-record.js';
import { PreparedFacts } from './prepared-facts.js';
import { chooseRepresentative } from './representative.js';
import { ruleFor, type MergeRule } from './rules.js';
import { joinSameFacts, type CodingLookup } from './same-fact.js';
import { joinSameObjects } from './same-object.js';
import { inTimelineOrder } from './timeline.js';

/**
 * Groups what several sources say about one patient by fact. A pure function of the set of contributions: their order and
 * repetition change nothing, every contribution is a member of exactly one group, none is altered.
 *
 * @param prepared what was worked out already of resources that came before others; nothing depends on it but the time
 */
export function mergeFacts(
  contributions: readonly SourcedResource[],
  prepared = new PreparedFacts(),
): FactGroup[] {
  const records = toObjectRecords(contributions, prepared);
  const codings = medicationLookup(records);
  const groups = groupBy(records, (record) => record.current.resource.resourceType).flatMap((ofType) =>
    mergeType(ofType, codings),
  );
  return inTimelineOrder(withNegations(groups));
}

function mergeType(records: readonly ObjectRecord[], codings: CodingLookup): FactGroup[] {
  const type = records[0]?.current.resource.resourceType ?? '';
  const rule = ruleFor(type);
  const objects = joinSameObjects(records);
  const isRetracted = (cluster: ObjectRecord[]) => cluster.some(({ traits }) => traits.isEnteredInError);
  const retracted = objects.filter(isRetracted);
  const standing = objects.filter((cluster) => !isRetracted(cluster));
  const split = (cluster: ObjectRecord[]) => toGroups(cluster, type, rule);
  return [...retracted.map(toRetraction), ...joinSameFacts(standing, rule, codings).flatMap(split)];
}

/** A retraction reaches every copy of its own object and nothing else; the copies stay visible as its members. */
function toRetraction(cluster: readonly ObjectRecord[]): FactGroup {
  const errors = cluster.filter(({ traits }) => traits.isEnteredInError).map(({ current }) => current);
  const [representative] = errors.sort((a, b) => compareAge(b, a) || compareText(keyOf(a), keyOf(b)));
  if (representative === undefined)
    throw new RangeError('A retraction has a record that was entered in error');
  const contested = errors.length < cluster.length;
  const conflicts: Conflict[] = contested
    ? [{ kind: 'retracted', elements: [statusElement(representative)], with: [] }]
    : [];
  return {
    key: keyOf(representative),
    representative,
    members: membersOf(cluster),
    retracted: true,
    conflicts,
    differences: [],
  };
}

function statusElement(item: SourcedResource): string {
  return 'verificationStatus' in item.resource ? 'verificationStatus' : 'status';
}

function toGroups(cluster: readonly ObjectRecord[], type: string, rule: MergeRule): FactGroup[] {
  const partition: Partition =
    type === 'Patient' ? splitPatients(cluster) : splitContradictions(cluster, rule);
  const groups = partition.parts.map(toGroup);
  if (groups.length === 1) return groups;
  const kind = type === 'Patient' ? 'identity' : 'state';
  return groups.map((group) => ({
    ...group,
    conflicts: [{ kind, elements: partition.elements, with: otherKeys(groups, group) }],
  }));
}

function otherKeys(groups: readonly FactGroup[], group: FactGroup): string[] {
  return groups
    .filter((other) => other !== group)
    .map(({ key }) => key)
    .sort(compareText);
}

function toGroup(records: readonly ObjectRecord[]): FactGroup {
  const representative = chooseRepresentative(records);
  return {
    key: keyOf(representative),
    representative,
    members: membersOf(records),
    retracted: false,
    conflicts: [],
    differences: differencesAmong(records),
  };
}

function membersOf(records: readonly ObjectRecord[]): readonly SourcedResource[] {
  const [only] = records;
  if (only !== undefined && records.length === 1) return only.versions;
  return [...records].sort((a, b) => compareText(a.key, b.key)).flatMap((record) => record.versions);
}

function differencesAmong(records: readonly ObjectRecord[]): string[] {
  if (records.length < 2) return [];
  const names = new Set(records.flatMap(({ traits }) => traits.clinicalElements));
  const differs = (name: string) => new Set(records.map(({ traits }) => traits.canonicalOf(name))).size > 1;
  return [...names].filter(differs).sort(compareText);
}
