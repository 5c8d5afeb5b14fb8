import { createHash } from 'node:crypto';
import { findDirectoryType, type DirectoryResource } from '../directory/directory-types.js';

/** Namespace of the ids that copies get here (RFC 9562 section 5.5). */
const NAMESPACE = Buffer.from('6f1d1c0e5a1b4c8e9a53d2f5b7c4e810', 'hex');

/** Two directories may both have an `Organization/1`: a copy is called after where it came from. */
export function localIdOf(base: string, type: string, id: string): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(`${base}/${type}/${id}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/**
 * A resource as it is kept here: under its local id, with references within its directory led to the copies. References
 * elsewhere stay as they are, and so do those to what is not there (yet).
 */
export function toLocalCopy(resource: DirectoryResource, base: string): DirectoryResource {
  const { resourceType, id, meta: _meta, text: _text, ...elements } = resource;
  return {
    resourceType,
    id: localIdOf(base, resourceType, id),
    meta: { source: `${base}/${resourceType}/${id}` },
    ...(redirect(elements, base) as Record<string, unknown>),
  };
}

function redirect(value: unknown, base: string): unknown {
  if (Array.isArray(value)) return value.map((each) => redirect(each, base));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, content]) => [
      name,
      name === 'reference' && typeof content === 'string'
        ? redirectOne(content, base)
        : redirect(content, base),
    ]),
  );
}

function redirectOne(reference: string, base: string): string {
  const relative = reference.startsWith(`${base}/`) ? reference.slice(base.length + 1) : reference;
  const [, type = '', id = ''] =
    /^([A-Za-z]+)\/([A-Za-z0-9.-]{1,64})(?:\/_history\/.*)?$/.exec(relative) ?? [];
  return findDirectoryType(type) === undefined ? reference : `${type}/${localIdOf(base, type, id)}`;
}
