import type { Catalogue, CatalogueDataset } from '../../src/read-catalogue.js';

export function custodiansOf({ datasets }: Catalogue): CatalogueDataset['custodian'][] {
  return [...new Map(datasets.map(({ custodian }) => [custodian.ura, custodian])).values()];
}

/** Each type of resource once, with every element that some holder has. */
export function elementsByType({ datasets }: Catalogue): [type: string, elements: string[]][] {
  const types = Map.groupBy(datasets, ({ type }) => type);
  return [...types].map(([type, same]) => [type, [...new Set(same.flatMap(({ elements }) => elements))]]);
}
