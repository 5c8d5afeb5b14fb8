export {
  datasetTypes,
  elementsOf,
  isDatasetType,
  ruleOf,
  subjectElementOf,
  type Dataset,
  type DatasetType,
  type ElementRule,
} from './datasets.js';
export {
  datePrecisions,
  isOneOf,
  readDatasets,
  readPeriod,
  readPermitTerms,
  readPopulation,
  secondaryPurposes,
  type DatePrecision,
  type PermitTerms,
  type Population,
  type SecondaryPurpose,
} from './permit-terms.js';
export { assertPermit, PermitVerifier, type PermitAssertion } from './permit-assertion.js';
export {
  readRunLine,
  runLinesType,
  type RunColumn,
  type RunEnd,
  type RunLine,
  type RunPersons,
} from './run-lines.js';
