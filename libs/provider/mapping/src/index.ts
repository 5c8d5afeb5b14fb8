export * from './source-message.js';
export {
  currentMapping,
  mappingVersion,
  mappingWithTables,
  mappingWithTerms,
  type Mapping,
} from './mapping.js';
export { normaliseMessage } from './normalise-message.js';
export { resourceId, sourceIdKey } from './resource-id.js';
export { checkTableMapping } from './table/check-table-mapping.js';
export type * from './table/table-mapping.js';
export { takeBack as toStu3 } from './stu3/take-back.js';
export { toIps, type IpsContext } from './documents/ips.js';
export { explainElement, type Explanation, type ExplanationProblem } from './explanation/explain-element.js';
export { leafPaths } from './explanation/element-of.js';
export { observeQuality } from './quality/observe-quality.js';
export { readTableSet, type TableFiles } from './tables/read-table-set.js';
export type { TableProblem } from './tables/table-reader.js';
export { releasedTables } from './tables/table-set.js';
export { readTableTests, runTableTests, type TableTest } from './tables/table-tests.js';
export { AskingTables } from './terminology/asking-tables.js';
export {
  keyOfQuestion,
  noSupplement,
  type PinnedTranslation,
  type TermQuestion,
  type TermSupplement,
  type TranslationTarget,
} from './terminology/term-supplement.js';
export type { Coding } from './fhir-types.js';
