import { findDataCategory } from '@samenhang/data-model';
import { mergeFacts, type FactGroup, type SourcedResource } from '@samenhang/merge';
import { hasAnswered, type SourceReport } from '../sources/source-report.js';
import type { CustodianNames } from './view-provenance.js';

/** What all sources said, merged once: every answer is made of it. */
export interface CollectedView {
  readonly reports: readonly SourceReport[];
  readonly groups: readonly FactGroup[];
  readonly names: CustodianNames;
  /** No source is missing, wholly or in part. */
  readonly isComplete: boolean;
  readonly at: Date;
  /** By this name the sources that are missing can be asked again. */
  readonly retry?: string;
}

export function collectView(reports: readonly SourceReport[], at: Date): CollectedView {
  return {
    reports,
    groups: mergeFacts(reports.flatMap(({ resources }) => resources)),
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
  return findDataCategory(representative.resource) !== undefined;
}

export function isPatient({ representative }: FactGroup): boolean {
  return representative.resource.resourceType === 'Patient';
}

export function distinctAddresses(items: readonly SourcedResource[]): SourcedResource[] {
  return [...new Map(items.map((item) => [item.fullUrl, item])).values()];
}
