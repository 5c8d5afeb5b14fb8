import type { FhirResource } from '@samenhang/data-model';
import { writeSummary, type SummaryContext } from '@samenhang/patient-summary';
import { uuidV5 } from '../resource-id.js';
import { currentTables, type CodeTables } from '../tables/code-tables.js';

export type IpsContext = Pick<SummaryContext, 'timestamp' | 'custodian'>;

/**
 * A patient's resources in nl-core as an International Patient Summary, by the tables of the mapping.
 *
 * @throws RangeError when the resources are not those of one patient
 */
export function toIps(
  resources: readonly FhirResource[],
  context: IpsContext,
  tables: CodeTables = currentTables,
): FhirResource {
  return writeSummary(resources, { ...context, uuidOf: uuidV5 }, tables.set.ips);
}
