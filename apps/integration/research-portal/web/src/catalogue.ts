/** A dataset of the catalogue, as the server gives it. */
export interface CatalogueDataset {
  readonly id: string;
  readonly titles: Readonly<Record<string, string>>;
  readonly custodian: { readonly ura: string; readonly name: string };
  readonly type: string;
  readonly elements: readonly string[];
}

export interface Catalogue {
  readonly datasets: readonly CatalogueDataset[];
}

export function custodiansOf({ datasets }: Catalogue): CatalogueDataset['custodian'][] {
  return [...new Map(datasets.map(({ custodian }) => [custodian.ura, custodian])).values()];
}

/** Each type of resource once, with every element that some holder has. */
export function elementsByType({ datasets }: Catalogue): [type: string, elements: string[]][] {
  const types = Map.groupBy(datasets, ({ type }) => type);
  return [...types].map(([type, same]) => [type, [...new Set(same.flatMap(({ elements }) => elements))]]);
}
