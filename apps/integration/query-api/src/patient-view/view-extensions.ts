import { canonicalBase, identifierSystems, type Ura } from '@samenhang/data-model';

/** Extensions and code systems by which a view speaks about its sources. */
export const viewUrls = {
  sourceStatus: `${canonicalBase}/StructureDefinition/source-status`,
  issueSource: `${canonicalBase}/StructureDefinition/issue-source`,
  sourceSystem: `${canonicalBase}/StructureDefinition/source-system`,
  mergeConflict: `${canonicalBase}/StructureDefinition/merge-conflict`,
  mergeDifference: `${canonicalBase}/StructureDefinition/merge-difference`,
  demographicElement: `${canonicalBase}/StructureDefinition/demographic-element`,
  sourceStatusCodes: `${canonicalBase}/CodeSystem/source-status`,
  viewFlags: `${canonicalBase}/CodeSystem/view-flag`,
} as const;

export interface Extension {
  readonly url: string;
  readonly extension?: readonly Extension[];
  readonly [value: `value${string}`]: unknown;
}

export function custodianIdentifier(custodian: Ura): { system: string; value: Ura } {
  return { system: identifierSystems.ura, value: custodian };
}
