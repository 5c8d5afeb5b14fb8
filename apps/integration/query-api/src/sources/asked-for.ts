import { findDataCategory, type DataCategory, type FhirResource } from '@samenhang/data-model';

/** Types that come along with facts and that no data category speaks of. */
const supportingTypes: ReadonlySet<string> = new Set([
  'Device',
  'Location',
  'Medication',
  'Organization',
  'Practitioner',
  'PractitionerRole',
  'Specimen',
]);

/** Whether a source was asked for this. What it gives beyond that is not shown: it may be what the caller may not see. */
export function isAskedFor(
  resource: FhirResource,
  categories: ReadonlySet<DataCategory>,
  others: readonly string[],
): boolean {
  const category = findDataCategory(resource);
  if (category !== undefined) return categories.has(category);
  return supportingTypes.has(resource.resourceType) || others.includes(resource.resourceType);
}
