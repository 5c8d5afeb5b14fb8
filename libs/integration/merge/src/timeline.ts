import type { FactGroup } from './contribution.js';
import { elementOf, isPresent, isRecord } from './elements.js';
import { compareText } from './object-record.js';
import { mergeRules, ruleFor } from './rules.js';

const typeOrder = ['Patient', ...Object.keys(mergeRules).filter((type) => type !== 'Patient')];

/** In order of presentation: type, then newest first, undated last. What decides is worked out once for each group. */
export function inTimelineOrder(groups: readonly FactGroup[]): FactGroup[] {
  return groups
    .map((group) => {
      const type = group.representative.resource.resourceType;
      return { group, type, rank: rank(type), moment: momentOf(group) };
    })
    .sort(
      (a, b) =>
        a.rank - b.rank ||
        compareText(a.type, b.type) ||
        b.moment - a.moment ||
        compareText(a.group.key, b.group.key),
    )
    .map(({ group }) => group);
}

function rank(type: string): number {
  const index = typeOrder.indexOf(type);
  return index === -1 ? typeOrder.length : index;
}

function momentOf({ representative }: FactGroup): number {
  const { resource } = representative;
  for (const name of ruleFor(resource.resourceType).moment) {
    const value = elementOf(resource, name);
    const moment = isRecord(value) ? (value['start'] ?? value['end']) : value;
    const time = isPresent(moment) ? Date.parse(String(moment)) : Number.NaN;
    if (!Number.isNaN(time)) return time;
  }
  return 0;
}
