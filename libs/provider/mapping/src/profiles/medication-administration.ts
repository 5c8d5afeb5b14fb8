import { mergeNotes } from '../datatypes/annotations.js';
import { concept, hasCoding } from '../datatypes/concepts.js';
import { codeSystems } from '../fhir-systems.js';
import type { Dosage, MedicationResource } from '../fhir-types.js';
import { conformsTo, staysBase, type Conformance, type ProfileContext } from './conformance.js';
import { shapeDosages } from './instructions-for-use.js';
import { referToMedication } from './medication-reference.js';

const administration = '18629005';

interface MedicationAdministration extends MedicationResource {
  dosage?: Dosage;
  performer?: unknown[];
  effectiveDateTime?: string;
}

/** Medication that was given at one moment; what took a time has no place in the profile. */
export function shapeMedicationAdministration(
  resource: MedicationAdministration,
  context: ProfileContext,
): Conformance {
  referToMedication(resource, context);
  const [dosage] =
    resource.dosage === undefined ? [] : (shapeDosages([resource.dosage], 'dosage', resource, context) ?? []);
  if (dosage === undefined) delete resource.dosage;
  mergeNotes(resource);
  if (resource.effectiveDateTime === undefined || (resource.performer?.length ?? 0) > 1) {
    return staysBase(
      'out-of-range',
      'unmapped-administration',
      'The profile has room for one moment and one performer',
    );
  }
  const category = Array.isArray(resource.category) ? resource.category[0] : resource.category;
  if (!hasCoding(category, codeSystems.snomed, administration)) {
    const codings = concept(codeSystems.snomed, administration).coding ?? [];
    resource.category = { ...category, coding: [...codings, ...(category?.coding ?? [])] };
  }
  return conformsTo('mp-MedicationAdministration2');
}
