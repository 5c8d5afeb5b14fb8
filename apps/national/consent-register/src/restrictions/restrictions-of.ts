import { combineChoices } from '@samenhang/consent';
import { dataCategories, type DataCategory, type Ura } from '@samenhang/data-model';
import type { LocalisationRestriction } from '@samenhang/localisation';
import { consultingCategories, toConsentCategory, toConsultingCategory } from '@samenhang/mitz';
import { representativeOf, toConsentChoice, type RegisteredChoice } from '../choices/choice.js';

const TREATMENT = 'TREAT';
/** Of no care provider: only choices about a named holder are asked for. */
const NO_TYPE = '';
const categories: readonly DataCategory[] = dataCategories.map(({ code }) => code);
const requesterTypes: readonly string[] = Object.values(consultingCategories).flat();

/** A care-provider type that no category names, and so stands for all of the remaining ones. */
const ANY_OTHER_TYPE = 'other';

/**
 * What the reference index must not tell of named care providers, after all choices about them have been weighed: an
 * index that knows restrictions only, cannot weigh them against permits. Choices about a type of holders are left to those holders,
 * who know their own type and withdraw their registrations. Where nothing was chosen nothing is restricted: what the
 * regime says is for the decision at the holder.
 */
export function restrictionsOf(choices: readonly RegisteredChoice[], at: Date): LocalisationRestriction[] {
  const holders = new Set(choices.flatMap(({ holder }) => ('ura' in holder ? [holder.ura] : [])));
  return [...holders].flatMap((custodian) => restrictionsAt(custodian, choices, at));
}

function restrictionsAt(
  custodian: Ura,
  choices: readonly RegisteredChoice[],
  at: Date,
): LocalisationRestriction[] {
  const isDenied = (category: DataCategory, requesterType: string): boolean =>
    isObjection(choices, { custodian, category, requesterType }, at);
  const toNobody = categories.filter((category) =>
    [...requesterTypes, ANY_OTHER_TYPE].every((type) => isDenied(category, type)),
  );
  if (toNobody.length === categories.length) return [{ custodian }];
  const rest = categories.filter((category) => !toNobody.includes(category));
  return [
    ...toNobody.map((category) => ({ custodian, category })),
    ...requesterTypes.flatMap((requesterType) => {
      const denied = rest.filter((category) => isDenied(category, requesterType));
      if (denied.length === rest.length) return [{ custodian, requesterType }];
      return denied.map((category) => ({ custodian, category, requesterType }));
    }),
  ];
}

function isObjection(
  choices: readonly RegisteredChoice[],
  asked: Required<LocalisationRestriction>,
  at: Date,
): boolean {
  const question = {
    holder: { ura: asked.custodian, facilityType: NO_TYPE },
    // The register knows requesters by category, which takes the place of their name and type.
    requester: { ura: asked.custodian, facilityType: toConsultingCategory(asked.requesterType) },
    professional: { id: '', roleCode: '' },
    category: representativeOf(toConsentCategory(asked.category)),
    purposeOfUse: TREATMENT,
  };
  return combineChoices(choices.map(toConsentChoice), question, at).reason === 'deny';
}
