import { mergeNotes } from '../datatypes/annotations.js';
import { concept, hasCoding, leadWithCoding } from '../datatypes/concepts.js';
import { inUnit } from '../datatypes/quantities.js';
import { codeSystems } from '../fhir-systems.js';
import type { Observation, ObservationComponent } from '../fhir-types.js';
import type { ObservationProfile } from '../tables/code-tables.js';
import { conformsTo, staysBase, type Conformance, type ProfileContext } from './conformance.js';
import { addVitalSignCategory, whatIsMissing } from './vital-sign.js';

export const systolic = '8480-6';
export const diastolic = '8462-4';

/** Systolic and diastolic pressure in mm[Hg], both there: one that was not measured says that it is absent. */
export function shapeBloodPressure(
  observation: Observation,
  profile: ObservationProfile,
  context: ProfileContext,
): Conformance {
  mergeNotes(observation);
  const missing = whatIsMissing(observation);
  if (missing !== undefined) return missing;
  const components = observation.component ?? [];
  const pressures = components.filter(
    (component) => isPressure(component, systolic) || isPressure(component, diastolic),
  );
  if (pressures.length === 0) {
    return staysBase(
      'incomplete',
      'incomplete-value',
      'The blood pressure has neither a systolic nor a diastolic component',
    );
  }
  for (const component of pressures) {
    const values = Object.keys(component).filter((element) => element.startsWith('value'));
    if (values.some((element) => element !== 'valueQuantity')) {
      return staysBase('out-of-range', 'unmapped-value', 'A pressure that is not a quantity');
    }
    if (component.valueQuantity === undefined) continue;
    const shaped = inUnit(component.valueQuantity, profile.units);
    if (shaped === undefined)
      return staysBase('out-of-range', 'unmapped-unit', `${profile.profile} has no room for this unit`);
    component.valueQuantity = shaped;
  }
  observation.component = withBoth(components, context);
  leadWithCoding(observation.code, codeSystems.loinc, '85354-9');
  addVitalSignCategory(observation);
  return conformsTo(profile.profile);
}

function withBoth(components: ObservationComponent[], context: ProfileContext): ObservationComponent[] {
  const absent = [systolic, diastolic].filter(
    (code) => !components.some((component) => isPressure(component, code)),
  );
  for (const code of absent) {
    context.report(
      'warning',
      'absent-component',
      `The blood pressure has no component ${code}: marked as unknown`,
      'component',
    );
  }
  return [
    ...components,
    ...absent.map((code) => ({
      code: concept(codeSystems.loinc, code),
      dataAbsentReason: concept(codeSystems.dataAbsentReason, 'unknown'),
    })),
  ];
}

function isPressure(component: ObservationComponent, code: string): boolean {
  return hasCoding(component.code, codeSystems.loinc, code);
}
