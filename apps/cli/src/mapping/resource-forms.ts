import type { FhirResource } from '@samenhang/data-model';
import { toIps, toStu3, type Mapping } from '@samenhang/mapping';
import type { SourceConfiguration } from './source-configuration.js';

export const resourceForms = ['ndjson', 'stu3', 'ips'] as const;
export type ResourceForm = (typeof resourceForms)[number];

/**
 * The resources of one message as lines of JSON: as they are, as BgZ 2017 in STU3, or as one International Patient Summary.
 * By the tables given. Undefined when a summary is asked of what is not about exactly one patient.
 */
export function linesOf(
  resources: readonly FhirResource[],
  form: ResourceForm,
  source: SourceConfiguration,
  tables?: Mapping['tables'],
): string[] | undefined {
  if (form === 'ndjson') return resources.map((resource) => JSON.stringify(resource));
  if (form === 'stu3') return resources.map((resource) => JSON.stringify(toStu3(resource, tables)));
  if (resources.filter(({ resourceType }) => resourceType === 'Patient').length !== 1) return undefined;
  const custodian = { ura: source.tenant, name: source.settings.displayName };
  return [JSON.stringify(toIps(resources, { timestamp: new Date().toISOString(), custodian }, tables))];
}
