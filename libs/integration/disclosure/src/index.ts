export { answerCount, type AnsweredQuestion, type CountingAnswer } from './counts/answer-count.js';
export { cohortOf, everyone, sizeOf, type Cohort } from './counts/cohort.js';
export { defaultCountingPolicy, type CountingPolicy } from './counts/counting-policy.js';
export { emptyHistory, historyOf, type CountingHistory } from './counts/counting-history.js';
export { type Condition, type CountingQuestion } from './counts/counting-question.js';
export { type CountsTable, type ProtectedTable, type ShownCount } from './tables/counts-table.js';
export { defaultTablePolicy, protectList, protectTable, type TablePolicy } from './tables/protect-table.js';
export { publishCount, publishShare, publishSize } from './tables/published-figures.js';
export {
  ageHierarchy,
  dateHierarchy,
  listHierarchy,
  parentHierarchy,
  postcodeHierarchy,
  prefixHierarchy,
  unknownValue,
  type Hierarchy,
} from './release/hierarchy.js';
export { type SensitiveColumn } from './release/measure-class.js';
export {
  defaultRequirement,
  measure,
  releaseTable,
  type ReleaseColumns,
  type ReleaseOutcome,
  type ReleaseReport,
  type ReleaseRequirement,
} from './release/release-table.js';
export { type ReleasedRow, type SourceRow } from './release/released-row.js';
export { shiftDate } from './release/shift-date.js';
