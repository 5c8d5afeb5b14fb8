import type { DataCategory } from '@samenhang/data-model';
import type { WeighedConsent } from './weigh-own-choices.js';

/** Stands for resources of no category of their own, which go with what they tell about. */
export const noCategory = '*';

/** What of the permitted categories may not be given, by resource. */
export interface DisclosureLimits {
  /** Categories of which only what is opened may be given; `*` as soon as there is one. */
  readonly limited: readonly string[];
  /** `<category>|<type>/<id>` */
  readonly opened: readonly string[];
  readonly withheld: readonly string[];
}

/**
 * @param isOpen whether the whole category may be given, for another reason than consent perhaps
 * @returns undefined when there are none
 */
export function disclosureLimits(
  weighed: readonly WeighedConsent[],
  isOpen: (category: DataCategory) => boolean,
): DisclosureLimits | undefined {
  const limited = weighed.filter(({ category, opened }) => !isOpen(category) && opened.length > 0);
  const withheld = weighed.flatMap((each) => each.withheld.map((resource) => ({ ...each, resource })));
  if (limited.length === 0 && withheld.length === 0) return undefined;
  const openedInAll = (limited[0]?.opened ?? []).filter((resource) =>
    limited.every(({ opened }) => opened.includes(resource)),
  );
  return {
    limited: limited.length === 0 ? [] : [noCategory, ...limited.map(({ category }) => category)],
    opened: [
      ...openedInAll.map((resource) => nameOf(noCategory, resource)),
      ...limited.flatMap(({ category, opened }) => opened.map((resource) => nameOf(category, resource))),
    ],
    withheld: [
      ...new Set(withheld.map(({ resource }) => nameOf(noCategory, resource))),
      ...withheld.map(({ category, resource }) => nameOf(category, resource)),
    ],
  };
}

export function mayDisclose(
  { limited, opened, withheld }: DisclosureLimits,
  category: DataCategory | undefined,
  resource: string,
): boolean {
  const name = nameOf(category ?? noCategory, resource);
  return !withheld.includes(name) && (!limited.includes(category ?? noCategory) || opened.includes(name));
}

function nameOf(category: string, resource: string): string {
  return `${category}|${resource}`;
}
