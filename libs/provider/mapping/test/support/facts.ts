import type { FhirResource } from '@samenhang/data-model';
import { isExactDecimal } from '@samenhang/fhir-r4';
import { resourceId, sourceIdKey } from '../../src/resource-id.js';
import { source } from './messages.js';

/** The id that a resource gets when it comes back from a source that names it by the id it has here. */
export function idAfterReturn({ resourceType, id }: Pick<FhirResource, 'resourceType' | 'id'>): string {
  return resourceId(source.tenant, source.sourceId, resourceType, sourceIdKey(id));
}

const own = 'urn:ietf:rfc:3986';
/** Type and id of a resource here, in a reference or in the address of an attachment. */
const REFERENCE = /^([A-Z][A-Za-z]+)\/([0-9a-f-]{36})$/;

/**
 * What a resource says: each value with the path to it, without positions, profiles and the identifier that is made of its id.
 * With `returned`, references are those that they become on their return.
 */
export function factsOf(resource: FhirResource, returned = false): string[] {
  const { meta: _meta, id: _id, ...rest } = resource;
  return leavesOf(rest, resource.resourceType, returned);
}

function leavesOf(value: unknown, path: string, returned: boolean): string[] {
  if (Array.isArray(value))
    return value.filter((item) => !isOwnIdentifier(item)).flatMap((item) => leavesOf(item, path, returned));
  if (typeof value !== 'object' || value === null || isExactDecimal(value))
    return [`${path} = ${JSON.stringify(returned ? afterReturn(value) : value)}`];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, `${path}.${key}`, returned));
}

function isOwnIdentifier(item: unknown): boolean {
  const { system, use } = (item ?? {}) as { system?: unknown; use?: unknown };
  return system === own && use === 'official';
}

function afterReturn(value: unknown): unknown {
  const [, resourceType, id] = typeof value === 'string' ? (REFERENCE.exec(value) ?? []) : [];
  return resourceType === undefined || id === undefined
    ? value
    : `${resourceType}/${idAfterReturn({ resourceType, id })}`;
}

/** What one says and the other does not. */
export function differencesOf(before: FhirResource, after: FhirResource): string[] {
  const rest = factsOf(after);
  const lost = factsOf(before, true).filter((fact) => {
    const index = rest.indexOf(fact);
    if (index >= 0) rest.splice(index, 1);
    return index < 0;
  });
  return [...lost.map((fact) => `- ${fact}`), ...rest.map((fact) => `+ ${fact}`)];
}

/** Type and element of a fact: `Observation.effectiveDateTime`. */
export function elementOf(fact: string): string {
  const [type = '', element = ''] = fact.slice(2).split(/[. ]/);
  return `${type}.${element.replace(/^_/, '')}`;
}
