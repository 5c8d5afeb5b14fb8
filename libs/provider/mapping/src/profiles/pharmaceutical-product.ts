import { satisfies } from '../datatypes/concepts.js';
import type { Medication } from '../fhir-types.js';
import { conformsTo, staysBase, type Conformance, type ProfileContext } from './conformance.js';

export function shapeMedication(medication: Medication, context: ProfileContext): Conformance {
  if (medication.form !== undefined && !satisfies(medication.form, 'FarmaceutischeVorm', context.tables)) {
    return staysBase(
      'unmapped-code',
      'unmapped-form',
      'The pharmaceutical form has no code of the G-Standaard',
      medication.form,
    );
  }
  const foreign = medication.ingredient?.find(
    ({ itemCodeableConcept }) =>
      itemCodeableConcept !== undefined && !satisfies(itemCodeableConcept, 'Ingredient', context.tables),
  );
  if (foreign !== undefined) {
    return staysBase(
      'unmapped-code',
      'unmapped-ingredient-code',
      'An ingredient has no code of a system that the profile knows',
      foreign.itemCodeableConcept,
    );
  }
  return conformsTo('mp-PharmaceuticalProduct');
}
