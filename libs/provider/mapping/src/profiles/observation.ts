import { mergeNotes } from '../datatypes/annotations.js';
import { findCoding, hasCoding } from '../datatypes/concepts.js';
import { codeUnit } from '../datatypes/quantities.js';
import { codeSystems } from '../fhir-systems.js';
import type { Observation } from '../fhir-types.js';
import type { CodeTables, ObservationProfile } from '../tables/code-tables.js';
import { shapeBloodPressure } from './blood-pressure.js';
import { staysBase, type Conformance, type ProfileContext } from './conformance.js';
import { isFunctionalStatus, shapeFunctionalStatus } from './functional-status.js';
import { shapeLaboratoryTestResult } from './laboratory-test-result.js';
import { shapePainScore } from './pain-score.js';
import { shapeStatusObservation } from './status-observation.js';
import { shapeVitalSign } from './vital-sign.js';

/** An observation belongs to the profile of its code; what the source calls laboratory is a laboratory result. */
export function shapeObservation(observation: Observation, context: ProfileContext): Conformance {
  codeUnits(observation, context.tables);
  // A blood gas has the code of a saturation, and is no measurement at the bedside.
  if (isLaboratory(observation)) return shapeLaboratoryTestResult(observation, context);
  if (isFunctionalStatus(observation)) return shapeFunctionalStatus(observation, context);
  const profile = findProfile(observation, context.tables);
  if (profile !== undefined) return shapeByProfile(observation, profile, context);
  return staysBase('no-zib', 'no-zib', 'This observation has no profile here and stays base R4');
}

function shapeByProfile(
  observation: Observation,
  profile: ObservationProfile,
  context: ProfileContext,
): Conformance {
  switch (profile.kind) {
    case 'vital-sign':
      return shapeVitalSign(observation, profile, context);
    case 'blood-pressure':
      return shapeBloodPressure(observation, profile, context);
    case 'status':
      return shapeStatusObservation(observation, profile, context);
    case 'pain-score':
      mergeNotes(observation);
      return shapePainScore(observation, profile);
  }
}

function findProfile(observation: Observation, tables: CodeTables): ObservationProfile | undefined {
  for (const coding of observation.code.coding ?? []) {
    const profile = tables.findObservationProfile(coding.system, coding.code);
    if (profile !== undefined) return profile;
  }
  return undefined;
}

export function isLaboratory(observation: Observation): boolean {
  return (
    observation.category?.some((category) =>
      hasCoding(category, codeSystems.observationCategory, 'laboratory'),
    ) === true
  );
}

/** Whether an observation's code is one of those that FHIR calls vital signs. */
export function isVitalSign(observation: Observation, tables: CodeTables): boolean {
  const loinc = findCoding(observation.code, codeSystems.loinc)?.code;
  if (loinc !== undefined && tables.vitalSigns.has(loinc)) return true;
  const kind = findProfile(observation, tables)?.kind;
  return kind === 'vital-sign' || kind === 'blood-pressure';
}

function codeUnits(observation: Observation, tables: CodeTables): void {
  if (observation.valueQuantity !== undefined) codeUnit(observation.valueQuantity, tables);
  for (const range of [observation.valueRange, ...(observation.referenceRange ?? [])]) {
    for (const limit of [range?.low, range?.high]) if (limit !== undefined) codeUnit(limit, tables);
  }
  for (const component of observation.component ?? []) {
    if (component.valueQuantity !== undefined) codeUnit(component.valueQuantity, tables);
  }
}
