import { identifierSystems, type Ura } from '@samenhang/data-model';
import { ownerElement, type DirectoryResource } from '../directory/directory-types.js';
import { identifiersOf, referencesIn } from '../directory/search-columns.js';

/** Why a resource may not be written by this care provider. */
export interface OwnershipFault {
  readonly index: number;
  readonly kind: 'forbidden' | 'invalid';
  readonly text: string;
}

/**
 * Who is responsible for what (addressing guide): an organisation with a URA belongs to that care provider, everything
 * else hangs on an organisation of the provider, directly or by way of `partOf`. Nobody writes under another's URA.
 *
 * @param ownOrganisations `Organization/id` of the provider's organisations that are stored already
 */
export function findOwnershipFaults(
  resources: readonly DirectoryResource[],
  ura: Ura,
  ownOrganisations: ReadonlySet<string>,
  base: string,
): OwnershipFault[] {
  const own = growOwn(resources, ura, ownOrganisations, base);
  return resources.flatMap((resource, index): OwnershipFault[] => {
    const uras = urasOf(resource);
    if (uras.some((each) => each !== ura)) {
      return [{ index, kind: 'forbidden', text: 'The URA is not that of your organisation' }];
    }
    if (resource.resourceType === 'Organization' && own.has(keyOf(resource))) return [];
    if (ownersOf(resource, base).some((owner) => own.has(owner))) return [];
    const element = `${resource.resourceType}.${ownerElement[resource.resourceType]}`;
    return [{ index, kind: 'invalid', text: `${element} must refer to an organisation of yours` }];
  });
}

/** Stored organisations a decision about these resources depends on. */
export function referencedOrganisations(resources: readonly DirectoryResource[], base: string): string[] {
  return [...new Set(resources.flatMap((resource) => ownersOf(resource, base)))];
}

function growOwn(
  resources: readonly DirectoryResource[],
  ura: Ura,
  stored: ReadonlySet<string>,
  base: string,
): ReadonlySet<string> {
  const organisations = resources.filter((resource) => resource.resourceType === 'Organization');
  // What this transaction replaces counts as it will be, not as it was.
  const own = new Set([...stored].filter((key) => !organisations.some((each) => keyOf(each) === key)));
  for (const each of organisations)
    if (urasOf(each).length > 0 && urasOf(each).every((value) => value === ura)) own.add(keyOf(each));
  for (let before = -1; before < own.size;) {
    before = own.size;
    for (const each of organisations) {
      if (urasOf(each).length === 0 && ownersOf(each, base).some((owner) => own.has(owner)))
        own.add(keyOf(each));
    }
  }
  return own;
}

function ownersOf(resource: DirectoryResource, base: string): string[] {
  return referencesIn(resource[ownerElement[resource.resourceType]], base);
}

function urasOf(resource: DirectoryResource): string[] {
  if (resource.resourceType !== 'Organization') return [];
  return identifiersOf(resource)
    .filter(({ system }) => system === identifierSystems.ura)
    .map(({ value }) => value);
}

function keyOf(resource: DirectoryResource): string {
  return `${resource.resourceType}/${resource.id}`;
}
