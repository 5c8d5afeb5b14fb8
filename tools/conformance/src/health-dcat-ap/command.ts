import { describeDatasets, type DatasetSizes } from '@samenhang/secondary-use-api';
import { datasetTypes, elementsOf } from '@samenhang/secondary-use';
import type { Suite } from '../main.js';
import { checkCatalogue } from './check-catalogue.js';

const CUSTODIAN = '22222222';

/** The catalogue of the secondary-use API against a folder of SHACL shapes. A file whose shapes all hold has passed. */
export async function runHealthDcatAp(folder: string): Promise<Suite> {
  const outcomes = await checkCatalogue(exampleCatalogue(), folder);
  if (outcomes.length === 0) throw new Error(`no shapes (.ttl) in ${folder}`);
  const failed = outcomes.filter(({ violations }) => violations.length > 0);
  return {
    failures: failed.flatMap(({ file, violations }) =>
      violations.map((violation) => `${file}: ${violation}`),
    ),
    passed: outcomes.length - failed.length,
    failed: failed.length,
  };
}

/** Every type of one custodian, with all that can be told of its size. */
export function exampleCatalogue(): ReturnType<typeof describeDatasets> {
  const sizes: DatasetSizes = new Map(
    datasetTypes.map((type) => [
      `${CUSTODIAN} ${type}`,
      {
        individuals: 120,
        records: 4_500,
        completeness: new Map(elementsOf(type).map((name) => [name, 0.95])),
      },
    ]),
  );
  return describeDatasets({
    base: 'https://research.example',
    accessBody: { name: 'Access body', contact: 'access@research.example' },
    custodians: [{ ura: CUSTODIAN, name: `URA ${CUSTODIAN}` }],
    sizes,
  });
}
