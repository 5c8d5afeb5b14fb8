import { identifierSystems, viewUrls, type FhirResource, type Ura } from '@samenhang/data-model';
import type { FactGroup } from '@samenhang/merge';
import { isRecord, recordsOf } from '../sources/json-shape.js';
import { custodiansOf } from './view-provenance.js';

/** The record that stands for the fact, with tags that say whose it is and what is the matter with it. */
export function taggedRepresentative(group: FactGroup): FhirResource {
  return tagged(group.representative.resource, custodiansOf(group), flagsOf(group));
}

export function flagsOf({ conflicts, retracted }: FactGroup): string[] {
  return [...(conflicts.length > 0 ? ['conflict'] : []), ...(retracted ? ['retracted'] : [])];
}

/** Nothing of the resource changes but its tags. */
export function tagged(
  resource: FhirResource,
  custodians: readonly Ura[],
  flags: readonly string[] = [],
): FhirResource {
  return { ...resource, meta: taggedMeta(resource, custodians, flags) };
}

export function taggedMeta(
  resource: FhirResource,
  custodians: readonly Ura[],
  flags: readonly string[],
): Record<string, unknown> {
  const meta = isRecord(resource['meta']) ? resource['meta'] : {};
  const own = recordsOf(meta['tag']).filter(
    ({ system }) => system !== identifierSystems.ura && system !== viewUrls.viewFlags,
  );
  const tag = [
    ...own,
    ...custodians.map((code) => ({ system: identifierSystems.ura, code })),
    ...flags.map((code) => ({ system: viewUrls.viewFlags, code })),
  ];
  return { ...meta, tag };
}
