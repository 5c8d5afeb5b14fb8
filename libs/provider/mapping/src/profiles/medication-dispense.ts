import { mergeNotes } from '../datatypes/annotations.js';
import { concept, hasCoding } from '../datatypes/concepts.js';
import { codeSystems } from '../fhir-systems.js';
import type { MedicationDispense } from '../fhir-types.js';
import { conformsTo, staysBase, type Conformance, type ProfileContext } from './conformance.js';
import { shapeDosages } from './instructions-for-use.js';
import { referToMedication } from './medication-reference.js';

const dispense = '373784005';
const administrationAgreement = '422037009';

/**
 * MP9 knows two kinds: the pharmacist's agreement on how the medication is to be used, and the handing over itself.
 * A dispense is the first when it says so, or when nothing was handed over and it gives a dosage.
 */
export function shapeMedicationDispense(resource: MedicationDispense, context: ProfileContext): Conformance {
  referToMedication(resource, context);
  resource.dosageInstruction = shapeDosages(
    resource.dosageInstruction,
    'dosageInstruction',
    resource,
    context,
  );
  if (resource.dosageInstruction === undefined) delete resource.dosageInstruction;
  mergeNotes(resource);
  if (resource.subject === undefined) {
    return staysBase('incomplete', 'incomplete-subject', 'The dispense names no patient');
  }
  if ((resource.performer?.length ?? 0) > 1 || (resource.authorizingPrescription?.length ?? 0) > 1) {
    return staysBase(
      'out-of-range',
      'unmapped-dispense',
      'The profile has room for one performer and one prescription',
    );
  }
  const agrees = isAgreement(resource);
  const code = agrees ? administrationAgreement : dispense;
  if (!hasCoding(resource.category, codeSystems.snomed, code)) {
    const codings = concept(codeSystems.snomed, code).coding ?? [];
    resource.category = { ...resource.category, coding: [...codings, ...(resource.category?.coding ?? [])] };
  }
  return conformsTo(agrees ? 'mp-AdministrationAgreement' : 'mp-MedicationDispense');
}

function isAgreement(resource: MedicationDispense): boolean {
  if (hasCoding(resource.category, codeSystems.snomed, administrationAgreement)) return true;
  if (hasCoding(resource.category, codeSystems.snomed, dispense)) return false;
  const handedOver =
    resource.whenHandedOver ?? resource.whenPrepared ?? resource['quantity'] ?? resource['daysSupply'];
  return handedOver === undefined && resource.dosageInstruction !== undefined;
}
