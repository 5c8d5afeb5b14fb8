import { nictiz } from '../fhir-systems.js';
import type { Draft } from '../fhir-types.js';
import table from '../tables/claimable-profiles.json' with { type: 'json' };

const claimable: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(table).flatMap(([type, profiles]) =>
    typeof profiles === 'string' ? [] : [[type, new Set(profiles)] as const],
  ),
);

/** The Dutch profile that the source says a resource has, when no profile function decides on it. */
export function findClaimedProfile(draft: Draft): string | undefined {
  const known = claimable.get(draft.resourceType);
  const profiles = draft.meta?.profile;
  if (known === undefined || profiles === undefined) return undefined;
  for (const canonical of profiles) {
    const name = canonical.split('|')[0]?.slice(nictiz.length + 1) ?? '';
    if (canonical.startsWith(nictiz) && known.has(name)) return name;
  }
  return undefined;
}
