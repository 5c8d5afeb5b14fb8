import type { DataCategory } from '@samenhang/data-model';
import { categoriesOfType, findRecordedType } from './record-resources.js';

/** What of one type an answer may hold. */
export interface Grant {
  readonly type: string;
  readonly categories: readonly DataCategory[];
  /** Whether it may hold what is in no data category, because all that guards it is permitted. */
  readonly uncategorised: boolean;
}

/** The categories that decide about a type: those its facts can have, and those that guard what has none. */
export function decisiveCategories(type: string): DataCategory[] {
  return [...new Set([...categoriesOfType(type), ...(findRecordedType(type)?.guards ?? [])])];
}

/** What may be given of a type, given what policy and consent permit; undefined when nothing. */
export function findGrant(type: string, permitted: readonly DataCategory[]): Grant | undefined {
  const guards = findRecordedType(type)?.guards ?? [];
  const categories = categoriesOfType(type).filter((category) => permitted.includes(category));
  const uncategorised = guards.length > 0 && guards.every((guard) => permitted.includes(guard));
  return categories.length === 0 && !uncategorised ? undefined : { type, categories, uncategorised };
}
