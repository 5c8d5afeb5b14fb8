import { addNote, mergeNotes } from '../datatypes/annotations.js';
import { concept, hasCoding, leadWithCoding } from '../datatypes/concepts.js';
import { inUnit, quantityInWords } from '../datatypes/quantities.js';
import { codeSystems } from '../fhir-systems.js';
import type { Observation, ObservationComponent, Quantity } from '../fhir-types.js';
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
  const conformance = shapePressures(observation, profile, context);
  mergeNotes(observation);
  return conformance;
}

function shapePressures(
  observation: Observation,
  profile: ObservationProfile,
  context: ProfileContext,
): Conformance {
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
  const inUnits = pressures.map(({ valueQuantity }) =>
    valueQuantity === undefined ? undefined : inUnit(valueQuantity, profile.units),
  );
  for (const [index, component] of pressures.entries()) {
    const values = Object.keys(component).filter((element) => element.startsWith('value'));
    if (values.some((element) => element !== 'valueQuantity'))
      return staysBase('out-of-range', 'unmapped-value', 'A pressure that is not a quantity');
    if (component.valueQuantity !== undefined && inUnits[index] === undefined)
      return staysBase('out-of-range', 'unmapped-unit', `${profile.profile} has no room for this unit`);
  }
  for (const [index, component] of pressures.entries())
    replacePressure(observation, component, inUnits[index], context);
  observation.component = withBoth(components, context);
  leadWithCoding(observation.code, codeSystems.loinc, '85354-9');
  addVitalSignCategory(observation);
  return conformsTo(profile.profile);
}

function replacePressure(
  observation: Observation,
  component: ObservationComponent,
  shaped: Quantity | undefined,
  context: ProfileContext,
): void {
  const measured = component.valueQuantity;
  if (measured === undefined || shaped === undefined || shaped === measured) return;
  component.valueQuantity = shaped;
  const kind = isPressure(component, systolic) ? 'Systolic' : 'Diastolic';
  addNote(observation, `${kind} measured as ${quantityInWords(measured)}`);
  context.report(
    'information',
    'converted-unit',
    'The value was converted to the unit of the profile',
    'component',
  );
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
