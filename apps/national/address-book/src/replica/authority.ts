import { identifierSystems } from '@samenhang/data-model';
import { ownerElement, type DirectoryResource } from '../directory/directory-types.js';
import { identifiersOf, referencesIn } from '../directory/search-columns.js';

/** Whose resources a directory may speak of: all of a country's, or those of the care providers that named it theirs. */
export type Authority = 'all' | ReadonlySet<string>;

export interface Refusal {
  readonly key: string;
  readonly reason: 'foreign-ura' | 'no-owner' | 'owner-cycle';
}

export interface Judgement {
  readonly accepted: readonly DirectoryResource[];
  readonly refused: readonly Refusal[];
}

const LONGEST_CHAIN = 10;

/**
 * The rules of the federated topology: an organisation belongs where its URA does, one without URA where its `partOf`
 * chain ends, and everything else where its organisation does. The whole tree counts, not what changed of it.
 *
 * @param organisations all of this directory, as they are after the change
 */
export function judge(
  resources: readonly DirectoryResource[],
  organisations: ReadonlyMap<string, DirectoryResource>,
  authority: Authority,
  base: string,
): Judgement {
  if (authority === 'all') return { accepted: resources, refused: [] };
  const refused: Refusal[] = [];
  const accepted = resources.filter((resource) => {
    const reason = refusalOf(resource, organisations, authority, base);
    if (reason !== undefined) refused.push({ key: `${resource.resourceType}/${resource.id}`, reason });
    return reason === undefined;
  });
  return { accepted, refused };
}

function refusalOf(
  resource: DirectoryResource,
  organisations: ReadonlyMap<string, DirectoryResource>,
  authority: ReadonlySet<string>,
  base: string,
): Refusal['reason'] | undefined {
  let present: DirectoryResource | undefined = resource;
  for (let steps = 0; steps <= LONGEST_CHAIN; steps += 1) {
    if (present === undefined) return 'no-owner';
    const uras = urasOf(present);
    if (uras.length > 0) return uras.every((ura) => authority.has(ura)) ? undefined : 'foreign-ura';
    const [owner]: (string | undefined)[] = referencesIn(present[ownerElement[present.resourceType]], base);
    present = owner === undefined ? undefined : organisations.get(owner);
  }
  return 'owner-cycle';
}

export function urasOf(resource: DirectoryResource): string[] {
  if (resource.resourceType !== 'Organization') return [];
  return identifiersOf(resource)
    .filter(({ system }) => system === identifierSystems.ura)
    .map(({ value }) => value);
}
