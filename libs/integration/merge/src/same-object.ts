import type { FhirResource } from '@samenhang/data-model';
import { canonical } from './canonical.js';
import { DisjointSets, groupBy } from './disjoint-sets.js';
import { codingsOf, elementOf, identifiersOf } from './elements.js';
import type { ObjectRecord } from './object-record.js';
import type { MergeRule } from './rules.js';

/**
 * Level 0: records that carry one business identifier (system and value) are copies of one object, at whichever holder.
 * The guard keeps objects apart that merely share a number, such as the results of one laboratory order.
 */
export function joinSameObjects(records: readonly ObjectRecord[]): ObjectRecord[][] {
  const sets = new DisjointSets();
  for (const record of records)
    for (const name of record.traits.identityNames) sets.link(`record ${record.key}`, name);
  return groupBy(records, (record) => sets.rootOf(`record ${record.key}`));
}

/** Two records that have one of these in common are one object. */
export function identityNamesOf(resource: FhirResource, rule: MergeRule): string[] {
  const identifiers = identifiersOf(resource);
  if (identifiers.length === 0) return [];
  const guards = guardTexts(resource, rule);
  return identifiers.flatMap(({ system, value }) =>
    guards.map((guard) => JSON.stringify(['identifier', system, value, guard])),
  );
}

/** One text per coding: a copy may have gained or lost a translation of the code. */
function guardTexts(resource: FhirResource, rule: MergeRule): string[] {
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
