import { addNote, mergeNotes } from '../datatypes/annotations.js';
import { concept, hasCoding, leadWithCoding } from '../datatypes/concepts.js';
import { inUnit, quantityInWords } from '../datatypes/quantities.js';
import { codeSystems } from '../fhir-systems.js';
import type { Observation } from '../fhir-types.js';
import type { ObservationProfile } from '../tables/code-tables.js';
import { conformsTo, staysBase, type Conformance, type ProfileContext } from './conformance.js';

/** One measured vital sign: a quantity in the profile's unit, at a time precise to the day (pattern-VitalSigns). */
export function shapeVitalSign(
  observation: Observation,
  profile: ObservationProfile,
  context: ProfileContext,
): Conformance {
  const quantity = observation.valueQuantity;
  const shaped = quantity === undefined ? undefined : inUnit(quantity, profile.units);
  if (quantity !== undefined && shaped === undefined) {
    mergeNotes(observation);
    return staysBase('out-of-range', 'unmapped-unit', `${profile.profile} has no room for this unit`);
  }
  const missing = whatIsMissing(observation);
  if (missing !== undefined) return missing;
  if (quantity !== undefined && shaped !== undefined && shaped !== quantity) {
    observation.valueQuantity = shaped;
    addNote(observation, `Measured as ${quantityInWords(quantity)}`);
    context.report(
      'information',
      'converted-unit',
      'The value was converted to the unit of the profile',
      'valueQuantity',
    );
  }
  addVitalSignCategory(observation);
  for (const coding of [...profile.codings].reverse()) {
    const [system = '', code = ''] = coding.split('|');
    leadWithCoding(observation.code, system, code);
  }
  mergeNotes(observation);
  return conformsTo(profile.profile);
}

/** What all vital signs must have; a missing or text value satisfies no profile, its absence does with a reason. */
export function whatIsMissing(observation: Observation): Conformance | undefined {
  if (!isPreciseToTheDay(observation)) {
    return staysBase('incomplete', 'incomplete-time', 'A vital sign needs a time that is precise to the day');
  }
  const values = Object.keys(observation).filter((element) => element.startsWith('value'));
  if (values.some((element) => element !== 'valueQuantity')) {
    return staysBase('out-of-range', 'unmapped-value', 'The value of this vital sign is not a quantity');
  }
  const without = values.length === 0 && observation.dataAbsentReason === undefined;
  if (without && observation.component === undefined && observation.hasMember === undefined) {
    return staysBase(
      'incomplete',
      'incomplete-value',
      'A vital sign needs a value or the reason why there is none',
    );
  }
  return undefined;
}

function isPreciseToTheDay(observation: Observation): boolean {
  if (observation.effectiveDateTime !== undefined) return observation.effectiveDateTime.length >= 10;
  return observation.effectivePeriod !== undefined;
}

export function addVitalSignCategory(observation: Observation): void {
  const categories = observation.category ?? [];
  if (categories.some((category) => hasCoding(category, codeSystems.observationCategory, 'vital-signs')))
    return;
  observation.category = [concept(codeSystems.observationCategory, 'vital-signs'), ...categories];
}
