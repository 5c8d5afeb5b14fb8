import type { DataCategory, Ura } from '@samenhang/data-model';
import type { RegisteredSource } from '../sources/source-report.js';

export interface Registration {
  readonly custodian: Ura;
  readonly category: DataCategory;
}

/** One source per custodian, with its categories, in a fixed order. */
export function toSources(registrations: readonly Registration[]): RegisteredSource[] {
  const custodians = [...new Set(registrations.map(({ custodian }) => custodian))].sort();
  return custodians.map((custodian) => ({
    custodian,
    categories: [
      ...new Set(
        registrations.filter((known) => known.custodian === custodian).map(({ category }) => category),
      ),
    ],
  }));
}
