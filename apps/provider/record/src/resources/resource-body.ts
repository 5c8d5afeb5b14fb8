import { hash } from 'node:crypto';
import type { FhirResource } from '@samenhang/data-model';
import { metaWithoutMappingVersion } from './mapping-version-tag.js';

/** A resource serialised once: its content for comparison, its body for serving. */
export interface SerialisedResource {
  /** Hexadecimal SHA-256 of what the source said: not of when, in which message, nor by which mapping. */
  readonly contentHash: string;
  /** The text to store and serve for a version. */
  readonly bodyOf: (version: number, lastUpdated: Date) => string;
}

export function serialiseResource(resource: FhirResource): SerialisedResource {
  const { resourceType, id, meta, ...content } = resource;
  const { versionId: _version, lastUpdated: _updated, ...statedMeta } = isObject(meta) ? meta : {};
  const text = JSON.stringify(content);
  const head = `{"resourceType":${JSON.stringify(resourceType)},"id":${JSON.stringify(id)}`;
  const rest = text === '{}' ? '}' : `,${text.slice(1)}`;
  return {
    contentHash: hash(
      'sha256',
      `${head}${JSON.stringify(withoutExchange(metaWithoutMappingVersion(statedMeta)))}${rest}`,
      'hex',
    ),
    bodyOf: (version, lastUpdated) => {
      const servedMeta = {
        versionId: String(version),
        lastUpdated: lastUpdated.toISOString(),
        ...statedMeta,
      };
      return `${head},"meta":${JSON.stringify(servedMeta)}${rest}`;
    },
  };
}

/** The fragment of `meta.source` names the message (resource.html#Meta): the same content in a new message is no new version. */
function withoutExchange(meta: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { source } = meta;
  return typeof source === 'string' ? { ...meta, source: source.split('#', 1)[0] } : meta;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
