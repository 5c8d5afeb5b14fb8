import { hash } from 'node:crypto';
import type { SourceId, Ura } from '@samenhang/data-model';

/** Name space of all ids this mapping gives: a constant, so that any installation gives the same id for the same thing. */
const namespace = Buffer.from('6f1f2c9ad2b15c1e9a4d0c6d1f6b7a35', 'hex');

const workspace = Buffer.alloc(512);
namespace.copy(workspace);

/** The name behind its name space, in one workspace while it fits: an id is made for each resource and each reference. */
function named(name: string): Buffer {
  // At most three bytes of UTF-8 for each unit of UTF-16.
  if (namespace.length + name.length * 3 > workspace.length)
    return Buffer.concat([namespace, Buffer.from(name, 'utf8')]);
  return workspace.subarray(0, namespace.length + workspace.write(name, namespace.length, 'utf8'));
}

/** UUID version 5 (RFC 9562 §5.5) of a name. */
export function uuidV5(name: string): string {
  const digest = hash('sha1', named(name), 'hex');
  const variant = ((Number.parseInt(digest.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}

/**
 * Id of a resource: the same source, type and business key always give the same id, so that a message that comes twice,
 * or is replayed, changes nothing. Sources are kept apart: what two of them call "123" are two things.
 */
export function resourceId(tenant: Ura, sourceId: SourceId, resourceType: string, key: string): string {
  return uuidV5(`${tenant}|${sourceId}|${resourceType}|${key}`);
}

/** Business key of a thing known by an identifier. */
export function identifierKey(system: string, value: string): string {
  return `identifier:${system}|${value}`;
}

/** Business key of a thing that has an id at a FHIR source. */
export function sourceIdKey(id: string): string {
  return `id:${id}`;
}
