import { isPatientFact } from '@samenhang/data-model';
import { mergeFacts, type FactGroup, type SourcedResource } from '@samenhang/merge';
import type { PreparedSources } from './prepared-sources.js';
import type { ResourceTexts } from './resource-texts.js';
import { hasAnswered, type SourceReport } from '../sources/source-report.js';
import type { CustodianNames } from './view-provenance.js';

/** What all sources said, merged once: every answer is made of it. */
export interface CollectedView {
  readonly reports: readonly SourceReport[];
  readonly groups: readonly FactGroup[];
  readonly names: CustodianNames;
  readonly texts: ResourceTexts;
  /** No source is missing, wholly or in part. */
  readonly isComplete: boolean;
  readonly at: Date;
  /** By this name the sources that are missing can be asked again. */
  readonly retry?: string;
}

export function collectView(
  reports: readonly SourceReport[],
  at: Date,
  prepared: PreparedSources,
): CollectedView {
  const contributions = reports.flatMap(({ resources }) => resources);
  return {
    reports,
    groups: mergeFacts(contributions, prepared.facts),
    texts: prepared.texts,
    names: new Map(
      reports.flatMap(({ custodian, custodianName }) =>
        custodianName === undefined ? [] : [[custodian, custodianName] as const],
      ),
    ),
    isComplete: reports.every((report) => hasAnswered(report) && report.missing.length === 0),
    at,
  };
}

export function isFact({ representative }: FactGroup): boolean {
  return isPatientFact(representative.resource);
}

export function isPatient({ representative }: FactGroup): boolean {
  return representative.resource.resourceType === 'Patient';
}

export function distinctAddresses(items: readonly SourcedResource[]): readonly SourcedResource[] {
  if (items.length < 2) return items;
  return [...new Map(items.map((item) => [item.fullUrl, item])).values()];
}
