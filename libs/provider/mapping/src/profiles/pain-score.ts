import { decimalValue } from '@samenhang/fhir-r4';
import { concept, hasCoding, leadWithCoding } from '../datatypes/concepts.js';
import { codeSystems } from '../fhir-systems.js';
import type { Observation } from '../fhir-types.js';
import type { ObservationProfile } from '../tables/code-tables.js';
import { conformsTo, staysBase, type Conformance } from './conformance.js';

/** LOINC 72514-3 is the 0–10 numeric rating scale: method NRS of the zib. */
const numericRating = '72514-3';

/** The zib's pain score is a whole number from 0 to 10, or to 100 on VAS100. */
export function shapePainScore(observation: Observation, profile: ObservationProfile): Conformance {
  const stated = observation.valueQuantity?.value ?? observation.valueInteger;
  if (stated === undefined && observation.dataAbsentReason !== undefined) {
    return staysBase(
      'incomplete',
      'incomplete-value',
      'A pain score of the zib has a value, this one says why not',
    );
  }
  const score = stated === undefined ? undefined : decimalValue(stated);
  const isNumericRating = hasCoding(observation.code, codeSystems.loinc, numericRating);
  const highest = hasCoding(observation.method, codeSystems.painMethod, 'VAS100') ? 100 : 10;
  if (score === undefined || !Number.isInteger(score) || score < 0 || score > highest) {
    return staysBase(
      'out-of-range',
      'unmapped-value',
      'The pain score is not a whole number on the scale of the zib',
    );
  }
  if (observation.valueQuantity?.comparator !== undefined) {
    return staysBase('out-of-range', 'unmapped-value', 'The pain score is a limit, not a number');
  }
  delete observation.valueQuantity;
  observation.valueInteger = score;
  if (isNumericRating) observation.method ??= concept(codeSystems.painMethod, 'NRS');
  for (const coding of profile.codings) {
    const [system = '', code = ''] = coding.split('|');
    leadWithCoding(observation.code, system, code);
  }
  return conformsTo(profile.profile);
}
