import type { DataCategory, Ura } from '@samenhang/data-model';

/** A choice of a patient, or one the holder made explicit on the patient's behalf (NEN 7517). Holds no identifier of the patient. */
export interface ConsentChoice {
  readonly decision: 'permit' | 'deny';
  /** Whose data: one care provider, or all of a type. */
  readonly holder: { readonly ura: Ura } | { readonly facilityType: string };
  /** To whom: one care provider, all of a type, or anyone. */
  readonly requester: { readonly ura: Ura } | { readonly facilityType: string } | 'anyone';
  /** Of which categories; `all` when the choice names none. */
  readonly categories: readonly DataCategory[] | 'all';
  readonly purposeOfUse: string;
  readonly period?: { readonly start?: Date; readonly end?: Date };
}

/** How exact a choice is, per aspect. */
export interface Specificity {
  readonly holder: number;
  readonly requester: number;
  readonly categories: number;
}

export function specificityOf(choice: ConsentChoice): Specificity {
  return {
    holder: 'ura' in choice.holder ? 1 : 0,
    requester: choice.requester === 'anyone' ? 0 : 'ura' in choice.requester ? 2 : 1,
    categories: choice.categories === 'all' ? 0 : 1,
  };
}

/** More exact in at least one aspect and less exact in none. */
export function isMoreSpecific(one: Specificity, other: Specificity): boolean {
  const aspects = ['holder', 'requester', 'categories'] as const;
  return (
    aspects.every((aspect) => one[aspect] >= other[aspect]) &&
    aspects.some((aspect) => one[aspect] > other[aspect])
  );
}
