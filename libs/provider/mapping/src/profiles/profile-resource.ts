import type { Draft } from '../fhir-types.js';
import { shapeAllergyIntolerance } from './allergy-intolerance.js';
import { shapeFlag } from './alert.js';
import { isDenial } from './denial.js';
import { shapeCareTeam } from './care-team.js';
import { staysBase, type Conformance, type ProfileContext } from './conformance.js';
import { shapeContactPerson } from './contact-person.js';
import { shapeConsent } from './directives.js';
import { shapeEncounter } from './encounter.js';
import { shapePractitioner, shapePractitionerRole } from './health-professional.js';
import { shapeLocation, shapeOrganization } from './healthcare-provider.js';
import { shapeMedicationAdministration } from './medication-administration.js';
import { shapeMedicationDispense } from './medication-dispense.js';
import { shapeMedicationRequest } from './medication-agreement.js';
import { shapeMedicationStatement } from './medication-use.js';
import { shapeDevice, shapeDeviceUseStatement } from './medical-device.js';
import { shapeObservation } from './observation.js';
import { shapePatient } from './patient.js';
import { shapeCoverage } from './payer.js';
import { shapeMedication } from './pharmaceutical-product.js';
import { shapeImmunizationRecommendation, shapeNutritionOrder, shapeServiceRequest } from './planned-care.js';
import { shapeCondition } from './problem.js';
import { shapeProcedure } from './procedure.js';
import { shapeSpecimen } from './specimen.js';
import { shapeDiagnosticReport } from './text-result.js';
import { shapeEpisodeOfCare } from './episode-of-care.js';
import { findClaimedProfile } from './claimed-profile.js';
import { shapeImmunization } from './vaccination.js';

/** Brings a resource into the shape of one profile, in place, and says whether it satisfies it. */
export type ProfileFunction = (draft: never, context: ProfileContext) => Conformance;

const profileFunctions: Readonly<Record<string, ProfileFunction>> = {
  AllergyIntolerance: shapeAllergyIntolerance,
  CareTeam: shapeCareTeam,
  Condition: shapeCondition,
  Consent: shapeConsent,
  Coverage: shapeCoverage,
  Device: shapeDevice,
  DeviceUseStatement: shapeDeviceUseStatement,
  DiagnosticReport: shapeDiagnosticReport,
  Encounter: shapeEncounter,
  EpisodeOfCare: shapeEpisodeOfCare,
  Flag: shapeFlag,
  Immunization: shapeImmunization,
  ImmunizationRecommendation: shapeImmunizationRecommendation,
  Location: shapeLocation,
  Medication: shapeMedication,
  MedicationAdministration: shapeMedicationAdministration,
  MedicationDispense: shapeMedicationDispense,
  MedicationRequest: shapeMedicationRequest,
  MedicationStatement: shapeMedicationStatement,
  NutritionOrder: shapeNutritionOrder,
  Observation: shapeObservation,
  Organization: shapeOrganization,
  Patient: shapePatient,
  Practitioner: shapePractitioner,
  PractitionerRole: shapePractitionerRole,
  Procedure: shapeProcedure,
  RelatedPerson: shapeContactPerson,
  ServiceRequest: shapeServiceRequest,
  Specimen: shapeSpecimen,
};

const denial = staysBase('no-zib', 'denial', 'What is denied is no fact of the zib; it stays base R4');

/** What sources deny by a code: "no known problems". */
const deniable: ReadonlySet<string> = new Set([
  'AllergyIntolerance',
  'Condition',
  'Device',
  'Immunization',
  'Medication',
  'MedicationRequest',
  'MedicationStatement',
  'Procedure',
]);

/**
 * A profile that the source itself claims, of a kind no function here shapes (a Flag of nl-core-Alert, a nursing
 * observation), is taken at its word. Otherwise the function of the resource type decides by content.
 */
export function profileResource(draft: Draft, context: ProfileContext): Conformance {
  const claimed = findClaimedProfile(draft, context.tables);
  if (claimed !== undefined) return { profile: claimed };
  const shape = profileFunctions[draft.resourceType];
  if (shape === undefined) {
    return staysBase('no-zib', 'no-zib', `${draft.resourceType} has no profile here and stays base R4`);
  }
  const denies = deniable.has(draft.resourceType) && isDenial(draft, context.tables);
  // A product that there is not is none that others refer to: it stays where it is.
  if (denies && draft['medicationCodeableConcept'] !== undefined) return denial;
  const conformance = shape(draft as never, context);
  return denies ? denial : conformance;
}
