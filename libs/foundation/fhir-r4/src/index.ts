export type { IssueCode, ValidationIssue } from './findings.js';
export {
  codingsOf,
  conceptText,
  copyTree,
  hasCode,
  isTree,
  renameProperty,
  takeExtension,
  textOf,
  treeOf,
  treesOf,
  type ConceptInWords,
  type Tree,
} from './json-tree.js';
export { isDate, isDateTime, isInstant, isTime } from './dates.js';
export { isResourceType } from './compile.js';
export { validateResource } from './validate-resource.js';
export { findTimeInterval, type TimeInterval } from './time-interval.js';
export {
  decimalText,
  decimalValue,
  exactDecimal,
  isExactDecimal,
  parseExactJson,
  type Decimal,
  type ExactDecimal,
} from './exact-json.js';
export { findElement, isKindOf, isPrimitiveType, isTypeName } from './find-element.js';
export type { ElementDefinition } from './element-table.js';
export { comparableUnits, type UnitRatio } from './unit-conversion.js';
