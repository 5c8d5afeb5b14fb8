import { canonicalBase } from './identifiers.js';

/** Extensions and code systems by which a patient view speaks about its sources: published with the query API. */
export const viewUrls = {
  sourceStatus: `${canonicalBase}/StructureDefinition/source-status`,
  issueSource: `${canonicalBase}/StructureDefinition/issue-source`,
  sourceSystem: `${canonicalBase}/StructureDefinition/source-system`,
  mergeConflict: `${canonicalBase}/StructureDefinition/merge-conflict`,
  mergeDifference: `${canonicalBase}/StructureDefinition/merge-difference`,
  demographicElement: `${canonicalBase}/StructureDefinition/demographic-element`,
  retryToken: `${canonicalBase}/StructureDefinition/retry-token`,
  sourceStatusCodes: `${canonicalBase}/CodeSystem/source-status`,
  viewFlags: `${canonicalBase}/CodeSystem/view-flag`,
} as const;
