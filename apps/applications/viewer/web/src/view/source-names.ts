import type { FactSource } from '@samenhang/client';

export function nameOf({ custodian, custodianName }: FactSource): string {
  return custodianName === undefined ? custodian : `${custodianName} (${custodian})`;
}
