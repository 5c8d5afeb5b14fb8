export { writeSummary, type Completeness, type SummaryContext } from './write-summary.js';
export { releasedSummaryTable, type SummaryTable } from './summary-table.js';
