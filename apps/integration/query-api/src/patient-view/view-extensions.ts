import { identifierSystems, type Ura } from '@samenhang/data-model';

export interface Extension {
  readonly url: string;
  readonly extension?: readonly Extension[];
  readonly [value: `value${string}`]: unknown;
}

export function custodianIdentifier(custodian: Ura): { system: string; value: Ura } {
  return { system: identifierSystems.ura, value: custodian };
}
