/**
 * Data categories: what the reference index and the policies speak of. Codes follow the code system
 * `nl-gf-data-categories-cs` of the national localisation guide; each names the FHIR searches that hold its facts.
 */
export const dataCategorySystem =
  'http://minvws.github.io/generiekefuncties-docs/CodeSystem/nl-gf-data-categories-cs';

export const dataCategories = [
  { code: 'Patient', resourceType: 'Patient', search: {} },
  { code: 'Condition', resourceType: 'Condition', search: {} },
  { code: 'AllergyIntolerance', resourceType: 'AllergyIntolerance', search: {} },
  { code: 'MedicationRequest', resourceType: 'MedicationRequest', search: {} },
  { code: 'MedicationDispense', resourceType: 'MedicationDispense', search: {} },
  { code: 'MedicationUse', resourceType: 'MedicationStatement', search: {} },
  { code: 'ObservationLaboratory', resourceType: 'Observation', search: { category: 'laboratory' } },
  { code: 'ObservationVitalSigns', resourceType: 'Observation', search: { category: 'vital-signs' } },
  { code: 'Encounter', resourceType: 'Encounter', search: {} },
  { code: 'Procedure', resourceType: 'Procedure', search: {} },
  { code: 'Immunization', resourceType: 'Immunization', search: {} },
] as const satisfies readonly { code: string; resourceType: string; search: { category?: string } }[];

export type DataCategory = (typeof dataCategories)[number]['code'];

const codes: ReadonlySet<string> = new Set(dataCategories.map((category) => category.code));

export function isDataCategory(code: string): code is DataCategory {
  return codes.has(code);
}

interface CategorisedResource {
  readonly resourceType: string;
  readonly category?: unknown;
}

/**
 * The category of a resource, or undefined when it is supporting material that no category speaks of
 * (Medication, Practitioner, Location …) or an Observation of neither category.
 */
export function findDataCategory(resource: CategorisedResource): DataCategory | undefined {
  for (const category of dataCategories) {
    if (category.resourceType !== resource.resourceType) continue;
    if (!('category' in category.search)) return category.code;
    if (hasCategoryCode(resource.category, category.search.category)) return category.code;
  }
  return undefined;
}

function hasCategoryCode(category: unknown, code: string): boolean {
  if (!Array.isArray(category)) return false;
  return category.some((concept: { coding?: { code?: string }[] }) =>
    concept.coding?.some((coding) => coding.code === code),
  );
}
