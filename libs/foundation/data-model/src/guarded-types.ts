import { dataCategories, findDataCategory, type DataCategory } from './data-categories.js';

const treatment: readonly DataCategory[] = ['Condition', 'Procedure'];
const course: readonly DataCategory[] = ['Condition', 'Encounter', 'Procedure'];
/** What the national list calls results: what was found, of what, and by which act. */
const report: readonly DataCategory[] = ['Condition', 'ObservationLaboratory', 'Procedure'];
/** Documents may tell anything. */
const everything: readonly DataCategory[] = dataCategories.map(({ code }) => code);

/**
 * Types of resource with facts of no data category, and the data categories that guard those: they are given to whoever is
 * given all of these. The matrix of roles and the consent register speak of data categories only; what they leave out goes
 * with what it tells about (docs/security.md gives the reason for each).
 */
const guards: Readonly<Record<string, readonly DataCategory[]>> = {
  Appointment: ['Encounter'],
  CarePlan: course,
  CareTeam: ['Encounter'],
  Composition: everything,
  Consent: course,
  Coverage: ['Patient'],
  DeviceRequest: treatment,
  DeviceUseStatement: treatment,
  DiagnosticReport: report,
  DocumentManifest: everything,
  DocumentReference: everything,
  EpisodeOfCare: ['Condition', 'Encounter'],
  Flag: ['AllergyIntolerance', 'Condition'],
  Goal: course,
  ImmunizationRecommendation: ['Immunization'],
  MedicationAdministration: ['MedicationDispense', 'MedicationUse'],
  NutritionOrder: treatment,
  // Of neither category of the register: how someone lives, functions, smokes.
  Observation: ['Condition', 'ObservationVitalSigns'],
  RelatedPerson: ['Patient'],
  ServiceRequest: treatment,
};

export const guardedTypes: readonly string[] = Object.keys(guards);

/** What must be permitted, all of it, before facts of this type that are in no data category may be given; none: never. */
export function guardsOf(type: string): readonly DataCategory[] {
  return guards[type] ?? [];
}

export function isGuardedType(type: string): boolean {
  return Object.hasOwn(guards, type);
}

/** The guarded types whose guards are all among these. */
export function typesGuardedBy(permitted: Pick<ReadonlySet<DataCategory>, 'has'>): string[] {
  return guardedTypes.filter((type) => guardsOf(type).every((guard) => permitted.has(guard)));
}

/** Whether a resource states something about a patient, rather than supporting what does (a Practitioner, a Location …). */
export function isPatientFact(resource: {
  readonly resourceType: string;
  readonly category?: unknown;
}): boolean {
  return findDataCategory(resource) !== undefined || isGuardedType(resource.resourceType);
}
