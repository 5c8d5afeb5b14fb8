export { keyOf, type Conflict, type FactGroup, type SourcedResource } from './contribution.js';
export { reconcileDemographics, type ReconciledElement, type StatedValue } from './demographics.js';
export { mergeFacts } from './merge.js';
export { PreparedFacts } from './prepared-facts.js';
export { mergeRules, type ExactFactRule, type MergeRule, type StateElement } from './rules.js';
