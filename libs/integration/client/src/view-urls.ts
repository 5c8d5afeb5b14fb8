import { canonicalBase } from '@samenhang/data-model';

/** Extensions by which the query API speaks about sources (published with the API). */
export const viewUrls = {
  sourceStatus: `${canonicalBase}/StructureDefinition/source-status`,
  issueSource: `${canonicalBase}/StructureDefinition/issue-source`,
  sourceSystem: `${canonicalBase}/StructureDefinition/source-system`,
  mergeConflict: `${canonicalBase}/StructureDefinition/merge-conflict`,
  mergeDifference: `${canonicalBase}/StructureDefinition/merge-difference`,
  demographicElement: `${canonicalBase}/StructureDefinition/demographic-element`,
  viewFlags: `${canonicalBase}/CodeSystem/view-flag`,
} as const;
