import { addNote, mergeNotes } from '../datatypes/annotations.js';
import { addCoding, findCoding, satisfies } from '../datatypes/concepts.js';
import { codeUnit, quantityInWords } from '../datatypes/quantities.js';
import { codeSystems } from '../fhir-systems.js';
import type { CodeableConcept, Immunization } from '../fhir-types.js';
import type { CodeTables } from '../tables/code-tables.js';
import { conformsTo, staysBase, type Conformance, type ProfileContext } from './conformance.js';

export function shapeImmunization(immunization: Immunization, context: ProfileContext): Conformance {
  shapeDose(immunization, context);
  mergeNotes(immunization);
  addVaccineProduct(immunization.vaccineCode, context.tables);
  if (!satisfies(immunization.vaccineCode, 'VaccinProduct', context.tables)) {
    return staysBase(
      'unmapped-code',
      'unmapped-vaccine-code',
      'The vaccine has no product code that the profile knows and none in the CVX table',
      immunization.vaccineCode,
    );
  }
  if (immunization['occurrenceDateTime'] === undefined && immunization['_occurrenceDateTime'] === undefined) {
    return staysBase('incomplete', 'incomplete-time', 'A vaccination of the zib needs its date');
  }
  return conformsTo('nl-core-Vaccination-event');
}

/** The product code that the Dutch field knows beside that of the CVX table. */
export function addVaccineProduct(vaccine: CodeableConcept, tables: CodeTables): void {
  const cvx = findCoding(vaccine, codeSystems.cvx)?.code;
  const atc = cvx === undefined ? undefined : tables.findVaccine(cvx);
  if (atc !== undefined) addCoding(vaccine, codeSystems.atc, atc);
}

/** The profile fixes UCUM as the system of the dose. */
function shapeDose(immunization: Immunization, context: ProfileContext): void {
  const dose = immunization.doseQuantity;
  if (dose === undefined) return;
  codeUnit(dose, context.tables);
  if (dose.system === codeSystems.ucum) return;
  addNote(immunization, `Dose: ${quantityInWords(dose)}`);
  delete immunization.doseQuantity;
  context.report(
    'warning',
    'unmapped-unit',
    'The unit of the dose has no UCUM code; the dose is kept in the note',
    'doseQuantity',
  );
}
