import type { Draft } from '../fhir-types.js';
import { conformsTo, staysBase, type Conformance } from './conformance.js';

interface EpisodeOfCare extends Draft {
  diagnosis?: unknown[];
}

export function shapeEpisodeOfCare(episode: EpisodeOfCare): Conformance {
  if ((episode.diagnosis?.length ?? 0) > 1) {
    return staysBase(
      'out-of-range',
      'several-diagnoses',
      'The episode has several diagnoses, the profile has room for one',
    );
  }
  return conformsTo('nl-core-EpisodeOfCare');
}
