import type { FhirResource } from '@samenhang/data-model';
import type { FactGroup } from '@samenhang/merge';
import { distinctAddresses } from './collected-view.js';
import { stableUuid } from './stable-uuid.js';

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
export function linkageOf(group: FactGroup): FhirResource[] {
  const shown = group.representative.fullUrl;
  const others = distinctAddresses(group.members).filter(({ fullUrl }) => fullUrl !== shown);
  if (others.length === 0) return [];
  const item = (type: 'source' | 'alternate', reference: string): object => ({
    type,
    resource: { reference },
  });
  return [
    {
      resourceType: 'Linkage',
      id: stableUuid(`linkage ${group.key}`),
      active: true,
      item: [item('source', shown), ...others.map(({ fullUrl }) => item('alternate', fullUrl))],
    },
  ];
}
