import { mergeNotes } from '../datatypes/annotations.js';
import { concept, hasCoding, leadWithCoding } from '../datatypes/concepts.js';
import { codeSystems } from '../fhir-systems.js';
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
  moveAmount(observation, profile);
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

/** The amount of the International Patient Summary (drinks a day) is a component of the zib. */
function moveAmount(observation: Observation, { amount }: ObservationProfile): void {
  const quantity = observation.valueQuantity;
  if (amount === undefined || quantity?.system !== codeSystems.ucum) return;
  const [system = '', code = ''] = amount.split('|');
  if (observation.component?.some((component) => hasCoding(component.code, system, code)) === true) return;
  observation.component = [
    ...(observation.component ?? []),
    { code: concept(system, code), valueQuantity: quantity },
  ];
  delete observation.valueQuantity;
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
