import { identifierSystems, viewUrls, type FhirResource, type Ura } from '@samenhang/data-model';
import type { FactGroup } from '@samenhang/merge';
import { isRecord, recordsOf } from '../sources/json-shape.js';
import { custodiansOf } from './view-provenance.js';

/** The record that stands for the fact, with tags that say whose it is and what is the matter with it. */
export function taggedRepresentative(group: FactGroup): FhirResource {
  const flags = [
    ...(group.conflicts.length > 0 ? ['conflict'] : []),
    ...(group.retracted ? ['retracted'] : []),
  ];
  return tagged(group.representative.resource, custodiansOf(group), flags);
}

/** Nothing of the resource changes but its tags. */
export function tagged(
  resource: FhirResource,
  custodians: readonly Ura[],
  flags: readonly string[] = [],
): FhirResource {
  const meta = isRecord(resource['meta']) ? resource['meta'] : {};
  const own = recordsOf(meta['tag']).filter(
    ({ system }) => system !== identifierSystems.ura && system !== viewUrls.viewFlags,
  );
  const tag = [
    ...own,
    ...custodians.map((code) => ({ system: identifierSystems.ura, code })),
    ...flags.map((code) => ({ system: viewUrls.viewFlags, code })),
  ];
  return { ...resource, meta: { ...meta, tag } };
}
