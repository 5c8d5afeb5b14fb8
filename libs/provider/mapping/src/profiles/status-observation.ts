import { mergeNotes } from '../datatypes/annotations.js';
import { leadWithCoding } from '../datatypes/concepts.js';
import type { Observation } from '../fhir-types.js';
import type { ObservationProfile } from '../tables/code-tables.js';
import { conformsTo, staysBase, type Conformance, type ProfileContext } from './conformance.js';

/** Tobacco, alcohol and drug use and the living situation: a coded status under the zib's own code. */
export function shapeStatusObservation(
  observation: Observation,
  profile: ObservationProfile,
  _context: ProfileContext,
): Conformance {
  mergeNotes(observation);
  const values = Object.keys(observation).filter((element) => element.startsWith('value'));
  if (values.some((element) => element !== 'valueCodeableConcept')) {
    return staysBase(
      'out-of-range',
      'unmapped-value',
      `${profile.profile} has a coded value, this one is not coded`,
    );
  }
  if (!isAllowed(observation, profile)) {
    return staysBase(
      'unmapped-code',
      'unmapped-status-code',
      `The value has no code in the list of ${profile.profile}`,
      observation.valueCodeableConcept,
    );
  }
  for (const coding of profile.codings) {
    const [system = '', code = ''] = coding.split('|');
    leadWithCoding(observation.code, system, code);
  }
  return conformsTo(profile.profile);
}

function isAllowed(observation: Observation, profile: ObservationProfile): boolean {
  const { values } = profile;
  if (values === undefined || observation.valueCodeableConcept === undefined) return true;
  return (
    observation.valueCodeableConcept.coding?.some((coding) =>
      values.includes(`${coding.system ?? ''}|${coding.code ?? ''}`),
    ) === true
  );
}
