import { directoryTypes, findDirectoryType, type DirectoryResource } from './directory-types.js';

/** What searches look at, taken from a resource when it is written. */
export interface SearchColumns {
  readonly active: boolean | null;
  readonly status: string | null;
  readonly name: string | null;
  /** Each identifier twice: `system|value`, and the bare value for a search without a system. */
  readonly identifiers: readonly string[];
  /** `parameter=Type/id` */
  readonly references: readonly string[];
}

interface IdentifierShape {
  readonly system?: unknown;
  readonly value?: unknown;
}

export function searchColumnsOf(resource: DirectoryResource, base: string): SearchColumns {
  const { active, status, name } = resource;
  return {
    active: typeof active === 'boolean' ? active : null,
    status: typeof status === 'string' ? status : null,
    name: typeof name === 'string' ? name : null,
    identifiers: identifiersOf(resource).flatMap(({ system, value }) => [`${system}|${value}`, value]),
    references: Object.entries(directoryTypes[resource.resourceType]).flatMap(([parameter, element]) =>
      referencesIn(resource[element], base).map((target) => `${parameter}=${target}`),
    ),
  };
}

export function identifiersOf(
  resource: DirectoryResource,
): { readonly system: string; readonly value: string }[] {
  const identifiers = resource['identifier'];
  if (!Array.isArray(identifiers)) return [];
  return (identifiers as IdentifierShape[]).flatMap(({ system = '', value }) =>
    typeof system === 'string' && typeof value === 'string' ? [{ system, value }] : [],
  );
}

/** Targets `Type/id` of one or several References; what points elsewhere is left out. */
export function referencesIn(element: unknown, base: string): string[] {
  const references = Array.isArray(element) ? (element as unknown[]) : [element];
  return references.map((reference) => findTarget(reference, base)).filter((target) => target !== undefined);
}

function findTarget(reference: unknown, base: string): string | undefined {
  const text = (reference as { reference?: unknown } | null | undefined)?.reference;
  if (typeof text !== 'string') return undefined;
  const relative = text.startsWith(`${base}/`) ? text.slice(base.length + 1) : text;
  const [, type = '', id = ''] = /^([A-Za-z]+)\/([A-Za-z0-9.-]{1,64})$/.exec(relative) ?? [];
  return findDirectoryType(type) === undefined ? undefined : `${type}/${id}`;
}
