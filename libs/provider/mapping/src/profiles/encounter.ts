import type { Encounter } from '../fhir-types.js';
import { conformsTo, staysBase, type Conformance } from './conformance.js';

export function shapeEncounter(encounter: Encounter): Conformance {
  if ((encounter.location?.length ?? 0) > 1) {
    return staysBase(
      'out-of-range',
      'unmapped-encounter-locations',
      'The encounter has several locations, the profile has room for one',
    );
  }
  return conformsTo('nl-core-Encounter');
}
