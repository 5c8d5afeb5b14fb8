import type { FactGroup } from '@samenhang/merge';
import { distinctAddresses } from './collected-view.js';
import { stableUuid } from './stable-uuid.js';
import type { Companion } from './view-provenance.js';

/** How what several sources say alike is shown: each record for itself, the same with links between them, or as one. */
export const dedupes = ['none', 'link', 'collapse'] as const;
export type Dedupe = (typeof dedupes)[number];

/** Each record for itself. That it was withdrawn somewhere is true of every copy. */
export function apart(group: FactGroup): FactGroup[] {
  return distinctAddresses(group.members).map((member) => ({
    ...group,
    key: `${member.custodian} ${member.fullUrl}`,
    representative: member,
    members: [member],
    differences: [],
  }));
}

/** Which records are one fact, and which of them would stand for it (FHIR R4 linkage.html). */
export function linkageOf(group: FactGroup): Companion[] {
  const shown = group.representative.fullUrl;
  const others = distinctAddresses(group.members).filter(({ fullUrl }) => fullUrl !== shown);
  if (others.length === 0) return [];
  const id = stableUuid(`linkage ${group.key}`);
  const item = (type: 'source' | 'alternate', reference: string): object => ({
    type,
    resource: { reference },
  });
  const body = JSON.stringify({
    resourceType: 'Linkage',
    id,
    active: true,
    item: [item('source', shown), ...others.map(({ fullUrl }) => item('alternate', fullUrl))],
  });
  return [{ id, body }];
}
