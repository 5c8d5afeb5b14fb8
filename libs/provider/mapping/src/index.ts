export * from './source-message.js';
export { currentMapping, mappingVersion, type Mapping } from './mapping.js';
export { normaliseMessage } from './normalise-message.js';
export { checkTableMapping } from './table/check-table-mapping.js';
export type * from './table/table-mapping.js';
export { takeBack as toStu3 } from './stu3/take-back.js';
export { toIps, type IpsContext } from './documents/ips.js';
export { explainElement, type Explanation, type ExplanationProblem } from './explanation/explain-element.js';
export { leafPaths } from './explanation/element-of.js';
