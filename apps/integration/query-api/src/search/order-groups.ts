import type { FactGroup } from '@samenhang/merge';
import { isRecord, recordsOf } from '../sources/json-shape.js';
import { intervalOf } from './match-parameter.js';
import type { ResultShape } from './result-shape.js';
import type { SearchableParameter, SearchableType } from './searchable-types.js';
import { valuesAt } from './values-at.js';

/** In the order that is asked for; among equals, and when nothing is asked, in that of the view. */
export function orderGroups(
  groups: readonly FactGroup[],
  { parameters }: SearchableType,
  sort: ResultShape['sort'],
): FactGroup[] {
  const keys = sort.flatMap(({ name, isDescending }) => {
    const definition = parameters.find((parameter) => parameter.name === name);
    return definition === undefined ? [] : [{ definition, isDescending }];
  });
  if (keys.length === 0) return [...groups];
  return groups.toSorted((a, b) => {
    for (const { definition, isDescending } of keys) {
      const difference = compareKeys(keyOf(a, definition), keyOf(b, definition), isDescending);
      if (difference !== 0) return difference;
    }
    return 0;
  });
}

type SortKey = number | string | undefined;

/** What has no value comes last, whichever way the rest is ordered. */
function compareKeys(a: SortKey, b: SortKey, isDescending: boolean): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return (a < b ? -1 : 1) * (isDescending ? -1 : 1);
}

function keyOf({ representative }: FactGroup, { kind, paths }: SearchableParameter): SortKey {
  const values = paths.flatMap((path) => valuesAt(representative.resource, path));
  const [value] = values;
  if (value === undefined) return undefined;
  if (kind === 'date') return intervalOf(value)?.from;
  if (typeof value === 'string') return value.toLowerCase();
  if (!isRecord(value)) return String(value);
  const [coding] = 'coding' in value ? recordsOf(value['coding']) : [value];
  const word = coding?.['display'] ?? coding?.['code'] ?? value['text'];
  return typeof word === 'string' ? word.toLowerCase() : undefined;
}

/** When a fact was true, by the first clinical date of its type; undefined when it does not say. */
export function momentOf(
  { representative }: FactGroup,
  searchable: SearchableType | undefined,
): { readonly from: number; readonly until: number } | undefined {
  const date = searchable?.parameters.find(({ name, kind }) => kind === 'date' && !name.startsWith('_'));
  for (const path of date?.paths ?? []) {
    const [value] = valuesAt(representative.resource, path);
    const interval = value === undefined ? undefined : intervalOf(value);
    if (interval !== undefined) return interval;
  }
  return undefined;
}
