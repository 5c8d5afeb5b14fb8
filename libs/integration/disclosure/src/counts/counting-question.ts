import type { Cohort } from './cohort.js';

/** One criterion of a question, such as { dimension: 'diagnosis', value: '44054006' }. */
export interface Condition {
  readonly dimension: string;
  readonly value: string;
}

/** How many persons meet all conditions? With the cohorts that the custodian found, after objections were left out. */
export interface CountingQuestion {
  readonly conditions: readonly Condition[];
  readonly cohort: Cohort;
  /** For each condition, who is left when only that condition is dropped. */
  readonly without: readonly Cohort[];
}

/** The same for the same conditions, in whatever order and however often they stand there. */
export function fingerprintOf(conditions: readonly Condition[]): string {
  const parts = conditions.map(({ dimension, value }) => JSON.stringify([dimension, value]));
  return [...new Set(parts)].sort().join('');
}
