import type { DataCategory, Ura } from '@samenhang/data-model';
import type { RegisteredSource } from '../sources/source-report.js';

export interface Registration {
  readonly custodian: Ura;
  readonly category: DataCategory;
}

/** One source per custodian, with its categories that the caller may see, in a fixed order. */
export function toSources(
  registrations: readonly Registration[],
  visible: ReadonlySet<DataCategory>,
): RegisteredSource[] {
  const custodians = [...new Set(registrations.map(({ custodian }) => custodian))].sort();
  return custodians.map((custodian) => ({
    custodian,
    categories: categoriesOf(custodian, registrations).filter((category) => visible.has(category)),
  }));
}

function categoriesOf(custodian: Ura, registrations: readonly Registration[]): DataCategory[] {
  return [
    ...new Set(
      registrations.filter((known) => known.custodian === custodian).map(({ category }) => category),
    ),
  ];
}
