import type { FactGroup } from './contribution.js';
import { elementOf, isPresent, isRecord } from './elements.js';
import { compareText } from './object-record.js';
import { mergeRules, ruleFor } from './rules.js';

const typeOrder = ['Patient', ...Object.keys(mergeRules).filter((type) => type !== 'Patient')];

/** Order of presentation: type, then newest first, undated last. */
export function byTimeline(a: FactGroup, b: FactGroup): number {
  const typeA = a.representative.resource.resourceType;
  const typeB = b.representative.resource.resourceType;
  return (
    rank(typeA) - rank(typeB) ||
    compareText(typeA, typeB) ||
    momentOf(b) - momentOf(a) ||
    compareText(a.key, b.key)
  );
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
