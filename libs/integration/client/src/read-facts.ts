import { type FhirResource, viewUrls } from '@samenhang/data-model';
import { describeFact, type Resolve } from './describe-fact.js';
import { extensionsOf, findText, partsOf, recordOf, recordsOf, textsOf, type Json } from './fhir-shape.js';
import type { BundleEntry, Fact, FactConflict, FactSource } from './patient-view.js';

/** What the Bundle holds besides the facts, by address. */
export interface BundleIndex {
  readonly resources: ReadonlyMap<string, FhirResource>;
  /** Provenance by the address of the fact it is about. */
  readonly provenance: ReadonlyMap<string, Json>;
}

export function indexBundle(entries: readonly BundleEntry[]): BundleIndex {
  const resources = new Map<string, FhirResource>();
  const provenance = new Map<string, Json>();
  for (const { fullUrl, resource } of entries) {
    if (resource === undefined) continue;
    if (fullUrl !== undefined) resources.set(fullUrl, resource);
    if (resource.resourceType !== 'Provenance') continue;
    for (const target of recordsOf(resource['target'])) provenance.set(String(target['reference']), resource);
  }
  return { resources, provenance };
}

export function readFact(address: string, resource: FhirResource, index: BundleIndex): Fact {
  const provenance = index.provenance.get(address) ?? {};
  return {
    resource,
    address,
    ...describeFact(resource, resolverFor(address, index)),
    sources: readSources(provenance),
    conflicts: extensionsOf(provenance, viewUrls.mergeConflict).map(readConflict),
    differences: extensionsOf(provenance, viewUrls.mergeDifference).map((extension) =>
      String(extension['valueString']),
    ),
  };
}

/** Every custodian and system that holds the fact, each pair once. */
export function readSources(provenance: Json): FactSource[] {
  const sources = recordsOf(provenance['entity']).flatMap((entity) => {
    const who = recordOf(recordsOf(entity['agent'])[0]?.['who']);
    const custodian = findText(recordOf(who['identifier'])['value']);
    const system = findText(extensionsOf(entity, viewUrls.sourceSystem)[0]?.['valueUri']);
    if (custodian === undefined || system === undefined) return [];
    const custodianName = findText(who['display']);
    const address = findText(recordOf(entity['what'])['reference']);
    return [
      {
        custodian,
        system,
        ...(custodianName === undefined ? {} : { custodianName }),
        ...(address === undefined ? {} : { address }),
      },
    ];
  });
  return [...new Map(sources.map((source) => [`${source.custodian} ${source.system}`, source])).values()];
}

export function isFlagged(resource: FhirResource, flag: string): boolean {
  const tags = recordsOf(recordOf(resource['meta'])['tag']);
  return tags.some(({ system, code }) => system === viewUrls.viewFlags && code === flag);
}

function readConflict(extension: Json): FactConflict {
  return {
    kind: findText(partsOf(extension, 'kind')[0]) ?? 'state',
    elements: textsOf(partsOf(extension, 'element')),
    with: textsOf(partsOf(extension, 'with')),
  };
}

/** FHIR R4 bundle.html#references: relative references are resolved against the base of the fullUrl. */
function resolverFor(address: string, { resources }: BundleIndex): Resolve {
  const base = address.split('/').slice(0, -2).join('/');
  return (reference) => resources.get(reference) ?? resources.get(`${base}/${reference}`);
}
