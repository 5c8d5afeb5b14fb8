import type { DataCategory, Ura } from '@samenhang/data-model';

/** A choice of a patient, or one the holder made explicit on the patient's behalf (NEN 7517). Holds no identifier of the patient. */
export interface ConsentChoice {
  readonly decision: 'permit' | 'deny';
  /** Whose data: one care provider, or all of a type. */
  readonly holder: { readonly ura: Ura } | { readonly facilityType: string };
  /** To whom: one professional, one care provider, all of a type or with a role, or anyone. */
  readonly requester: ChosenRequester | 'anyone';
  /** Of which categories; `all` when the choice names none. */
  readonly categories: readonly DataCategory[] | 'all';
  /** Of these resources only (`Composition/1`); absent: of whichever. */
  readonly resources?: readonly string[];
  /** `any` when the choice names none. */
  readonly purposeOfUse: string;
  readonly period?: { readonly start?: Date; readonly end?: Date };
}

export type ChosenRequester =
  | { readonly ura: Ura }
  | { readonly facilityType: string }
  | { readonly roleCode: string }
  | { readonly professional: string };

/** A choice that names no purpose. */
export const anyPurpose = 'any';

/** How exact a choice is, per aspect. */
export interface Specificity {
  readonly holder: number;
  readonly requester: number;
  readonly categories: number;
  readonly resources: number;
  readonly purpose: number;
}

export function specificityOf(choice: ConsentChoice): Specificity {
  return {
    holder: 'ura' in choice.holder ? 1 : 0,
    requester: choice.requester === 'anyone' ? 0 : exactnessOf(choice.requester),
    categories: choice.categories === 'all' ? 0 : 1,
    resources: choice.resources === undefined ? 0 : 1,
    purpose: choice.purposeOfUse === anyPurpose ? 0 : 1,
  };
}

/** A named person within a named organisation within a kind of them. */
function exactnessOf(requester: ChosenRequester): number {
  if ('professional' in requester) return 3;
  return 'ura' in requester ? 2 : 1;
}

/** More exact in at least one aspect and less exact in none. */
export function isMoreSpecific(one: Specificity, other: Specificity): boolean {
  const aspects = ['holder', 'requester', 'categories', 'resources', 'purpose'] as const;
  return (
    aspects.every((aspect) => one[aspect] >= other[aspect]) &&
    aspects.some((aspect) => one[aspect] > other[aspect])
  );
}
