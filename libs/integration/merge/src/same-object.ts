import { canonical } from './canonical.js';
import { DisjointSets, groupBy } from './disjoint-sets.js';
import { codingsOf, elementOf, identifiersOf } from './elements.js';
import type { ObjectRecord } from './object-record.js';
import type { MergeRule } from './rules.js';

/**
 * Level 0: records that carry one business identifier (system and value) are copies of one object, at whichever holder.
 * The guard keeps objects apart that merely share a number, such as the results of one laboratory order.
 */
export function joinSameObjects(records: readonly ObjectRecord[], rule: MergeRule): ObjectRecord[][] {
  const sets = new DisjointSets();
  for (const record of records) {
    for (const name of identityNames(record, rule)) sets.link(`record ${record.key}`, name);
  }
  return groupBy(records, (record) => sets.rootOf(`record ${record.key}`));
}

function identityNames(record: ObjectRecord, rule: MergeRule): string[] {
  const { resource } = record.current;
  const guards = guardTexts(record, rule);
  return identifiersOf(resource).flatMap(({ system, value }) =>
    guards.map((guard) => JSON.stringify(['identifier', system, value, guard])),
  );
}

/** One text per coding: a copy may have gained or lost a translation of the code. */
function guardTexts(record: ObjectRecord, rule: MergeRule): string[] {
  const { resource } = record.current;
  const others = rule.identifierGuard
    .filter((name) => name !== 'code')
    .map((name) => canonical(elementOf(resource, name)));
  if (!rule.identifierGuard.includes('code')) return [others.join(' ')];
  const codings = codingsOf(resource['code']);
  const codes =
    codings.length > 0
      ? codings.map((coding) => `${coding.system} ${coding.code}`)
      : [canonical(resource['code'])];
  return codes.map((code) => [code, ...others].join(' '));
}
