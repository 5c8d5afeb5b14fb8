import type { FactGroup, SourcedResource } from '@samenhang/merge';
import { isRecord } from '../sources/json-shape.js';
import type { Include } from './result-shape.js';
import { valuesAt } from './values-at.js';

/** Everything that was collected, by address. */
export type ByAddress = ReadonlyMap<string, { readonly item: SourcedResource; readonly group: FactGroup }>;

export function indexByAddress(groups: readonly FactGroup[]): ByAddress {
  return new Map(
    groups.flatMap((group) => group.members.map((item) => [item.fullUrl, { item, group }] as const)),
  );
}

/** Addresses of what this refers to by the includes asked for, and what that refers to in turn where it is iterated. */
export function followIncludes(
  start: SourcedResource,
  includes: readonly Include[],
  byAddress: ByAddress,
): string[] {
  const found = new Set<string>();
  const pending = [{ item: start, includes }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const address of targetsOf(next.item, next.includes)) {
      const target = byAddress.get(address);
      if (target === undefined || found.has(address) || address === start.fullUrl) continue;
      found.add(address);
      pending.push({ item: target.item, includes: includes.filter(({ isIterated }) => isIterated) });
    }
  }
  return [...found];
}

function targetsOf({ resource, fullUrl }: SourcedResource, includes: readonly Include[]): string[] {
  const base = fullUrl.slice(0, -`/${resource.resourceType}/${resource.id}`.length);
  return includes
    .filter(({ from }) => from === resource.resourceType)
    .flatMap(({ paths, target }) =>
      paths
        .flatMap((path) => valuesAt(resource, path))
        .flatMap((value) =>
          isRecord(value) && typeof value['reference'] === 'string' ? [value['reference']] : [],
        )
        .filter((reference) => target === undefined || reference.split('/').at(-2) === target)
        .map((reference) => (/^https?:/.test(reference) ? reference : `${base}/${reference}`)),
    );
}
