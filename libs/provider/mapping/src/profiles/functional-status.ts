import { mergeNotes } from '../datatypes/annotations.js';
import { hasCoding, satisfies } from '../datatypes/concepts.js';
import { codeSystems } from '../fhir-systems.js';
import type { Observation } from '../fhir-types.js';
import { conformsTo, staysBase, type Conformance, type ProfileContext } from './conformance.js';

/** Functional (118228005) or mental (384821006) status, by the category the source gives. */
export function isFunctionalStatus(observation: Observation): boolean {
  return ['118228005', '384821006'].some(
    (code) =>
      observation.category?.some((category) => hasCoding(category, codeSystems.snomed, code)) === true,
  );
}

export function shapeFunctionalStatus(observation: Observation, context: ProfileContext): Conformance {
  mergeNotes(observation);
  const value = observation.valueCodeableConcept;
  const others = Object.keys(observation).filter(
    (element) => element.startsWith('value') && element !== 'valueCodeableConcept',
  );
  if (others.length > 0) {
    return staysBase('out-of-range', 'unmapped-value', 'The status has a coded value, this one is not coded');
  }
  for (const coded of [observation.code, value]) {
    if (coded !== undefined && !satisfies(coded, 'FunctioneleStatus', context.tables)) {
      return staysBase(
        'unmapped-code',
        'unmapped-status-code',
        'The status has no code of a system that StatusNaam- or StatusWaardeCodelijsten name',
        coded,
      );
    }
  }
  return conformsTo('nl-core-FunctionalOrMentalStatus');
}
