import { nictiz } from '../fhir-systems.js';
import type { Draft } from '../fhir-types.js';
import type { CodeTables } from '../tables/code-tables.js';

/** The Dutch profile that the source says a resource has, when no profile function decides on it. */
export function findClaimedProfile(draft: Draft, tables: CodeTables): string | undefined {
  const profiles = draft.meta?.profile;
  if (profiles === undefined) return undefined;
  for (const canonical of profiles) {
    const name = canonical.split('|')[0]?.slice(nictiz.length + 1) ?? '';
    if (canonical.startsWith(nictiz) && tables.isClaimable(draft.resourceType, name)) return name;
  }
  return undefined;
}
