import type { Conflict, FactGroup } from './contribution.js';
import { codesOf } from './elements.js';
import { compareText } from './object-record.js';
import { negatingCodes } from './rules.js';

/** Flags "knows of none" at one source beside facts of that kind at others. Neither is removed. */
export function withNegations(groups: readonly FactGroup[]): FactGroup[] {
  if (!groups.some(isNegating)) return [...groups];
  return groups.map((group) => {
    const opposed = findOpposed(group, groups);
    if (opposed.length === 0) return group;
    const conflict: Conflict = { kind: 'negation', elements: ['code'], with: opposed };
    return { ...group, conflicts: [...group.conflicts, conflict] };
  });
}

function findOpposed(group: FactGroup, groups: readonly FactGroup[]): string[] {
  const type = group.representative.resource.resourceType;
  if (!(type in negatingCodes) || !isStated(group)) return [];
  return groups
    .filter((other) => other.representative.resource.resourceType === type && isStated(other))
    .filter((other) => isNegating(other) !== isNegating(group))
    .map(({ key }) => key)
    .sort(compareText);
}

/** A refuted statement states nothing that a negation could contradict. */
function isStated({ representative, retracted }: FactGroup): boolean {
  return !retracted && !codesOf(representative.resource['verificationStatus']).includes('refuted');
}

function isNegating({ representative: { resource } }: FactGroup): boolean {
  const codes = negatingCodes[resource.resourceType];
  return codes !== undefined && codesOf(resource['code']).some((code) => codes.has(code));
}
