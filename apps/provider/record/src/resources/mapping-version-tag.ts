import { mappingVersionSystem, type FhirResource } from '@samenhang/data-model';

type Meta = Readonly<Record<string, unknown>>;

/**
 * Says in `meta.tag` which version of the mapping made these bytes, for whoever reads them. When they were replayed is left out:
 * the same version gives the same bytes at any time.
 */
export function tagMappingVersion(resource: FhirResource, mappingVersion: string): FhirResource {
  const { meta, resourceType, id, ...content } = withoutMappingVersion(resource);
  const code = mappingVersion.replace(/[+.]\d{17}$/, '');
  const stated = isObject(meta) ? meta : {};
  const tag = [...tagsOf(stated), { system: mappingVersionSystem, code }];
  return { resourceType, id, meta: { ...stated, tag }, ...content };
}

/** The resource as its source stated it: by another version of the mapping it may be the same still. */
export function withoutMappingVersion(resource: FhirResource): FhirResource {
  return isObject(resource['meta'])
    ? { ...resource, meta: metaWithoutMappingVersion(resource['meta']) }
    : resource;
}

export function metaWithoutMappingVersion(meta: Meta): Meta {
  if (meta['tag'] === undefined) return meta;
  const { tag: _all, ...rest } = meta;
  const tag = tagsOf(meta).filter((one) => !isObject(one) || one['system'] !== mappingVersionSystem);
  return tag.length === 0 ? rest : { ...rest, tag };
}

function tagsOf({ tag }: Meta): readonly unknown[] {
  return Array.isArray(tag) ? (tag as readonly unknown[]) : [];
}

function isObject(value: unknown): value is Meta {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
