import type { IndexedParameter } from './indexed-parameter.js';
import { readIndexedParameter } from './indexed-parameter.js';

/**
 * By what supporting resources are chosen when a search goes through a reference to them (`medication.code=`). They are never
 * searched by themselves, so nothing of this is extracted when they are stored.
 */
const lines: Readonly<Record<string, readonly string[]>> = {
  Device: ['identifier token Device-identifier identifier', 'type token Device-type type'],
  Location: [
    'identifier token Location-identifier identifier',
    'name string Location-name name,alias',
    'type token Location-type type',
  ],
  Medication: [
    'code token clinical-code code',
    'form token Medication-form form',
    'identifier token Medication-identifier identifier',
    'ingredient-code token Medication-ingredient-code ingredient.itemCodeableConcept',
  ],
  Organization: [
    'identifier token Organization-identifier identifier',
    'name string Organization-name name,alias',
    'type token Organization-type type',
  ],
  Practitioner: [
    'family string individual-family name.family',
    'given string individual-given name.given',
    'identifier token Practitioner-identifier identifier',
    'name string Practitioner-name name',
  ],
  PractitionerRole: [
    'identifier token PractitionerRole-identifier identifier',
    'role token PractitionerRole-role code',
    'specialty token PractitionerRole-specialty specialty',
  ],
  Specimen: [
    'bodysite token Specimen-bodysite collection.bodySite',
    'identifier token Specimen-identifier identifier',
    'type token Specimen-type type',
  ],
};

const byType = new Map(
  Object.entries(lines).map(([type, parameters]) => [type, parameters.map(readIndexedParameter)]),
);

export function findSupportingParameter(type: string, name: string): IndexedParameter | undefined {
  return byType.get(type)?.find((parameter) => parameter.name === name);
}
