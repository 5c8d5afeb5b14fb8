import { sizeOf, unpaired } from './cohort.js';
import { recordAnswer, singlesOut, type CountingHistory } from './counting-history.js';
import { fingerprintOf, type CountingQuestion } from './counting-question.js';
import type { CountingPolicy } from './counting-policy.js';
import { drawFor } from './stable-draw.js';

/**
 * `refused` depends on the question alone. `withheld` depends on the data, and therefore has one appearance for every
 * cause: too few persons, too few others, a condition that hardly excludes anyone, too close to earlier answers.
 */
export type CountingAnswer =
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'withheld' }
  | { readonly kind: 'refused'; readonly reason: 'too-many-conditions' | 'questions-spent' };

export interface AnsweredQuestion {
  readonly answer: CountingAnswer;
  readonly history: CountingHistory;
}

/** @param key secret of the permit, or of the organisation whose permits are pooled */
export function answerCount(
  policy: CountingPolicy,
  key: Uint8Array,
  history: CountingHistory,
  question: CountingQuestion,
): AnsweredQuestion {
  const cohorts = [question.cohort, ...question.without];
  if (cohorts.some(({ populationSize }) => populationSize !== history.populationSize))
    throw new RangeError('A history is about one population: the same persons at the same places');
  if (question.without.length !== question.conditions.length)
    throw new RangeError('Each condition comes with the cohort that is left without it');
  const fingerprint = fingerprintOf(question.conditions);
  const earlier = history.answers.get(fingerprint);
  if (earlier !== undefined) return { answer: earlier, history };
  if (question.conditions.length > policy.maximumConditions)
    return { answer: { kind: 'refused', reason: 'too-many-conditions' }, history };
  if (history.answers.size >= policy.maximumQuestions)
    return { answer: { kind: 'refused', reason: 'questions-spent' }, history };
  const answer = decide(policy, key, history, question, fingerprint);
  return { answer, history: recordAnswer(history, fingerprint, answer, question.cohort) };
}

function decide(
  policy: CountingPolicy,
  key: Uint8Array,
  history: CountingHistory,
  { cohort, without }: CountingQuestion,
  fingerprint: string,
): CountingAnswer {
  const threshold = thresholdFor(policy, key, fingerprint);
  const isolates = without.some((broader) => unpaired([cohort, broader], threshold) < threshold);
  if (isolates || singlesOut(history, cohort, threshold)) return { kind: 'withheld' };
  const size = sizeOf(cohort);
  const deviation = Math.max(policy.noise, policy.relativeNoise * size);
  // Of the persons, not of the words of the question: who asks the same in other words, or again, cannot average it out.
  const { buffer, byteOffset, byteLength } = cohort.words;
  const noise = deviation * drawFor(key, 'noise', new Uint8Array(buffer, byteOffset, byteLength));
  const rounded = policy.roundTo * Math.round((size + noise) / policy.roundTo);
  return { kind: 'count', count: Math.max(rounded, policy.minimumCell) };
}

/** Another for each question: at a fixed one, somebody who knows all but one of the persons reads the last from it. */
function thresholdFor(policy: CountingPolicy, key: Uint8Array, fingerprint: string): number {
  const drawn = policy.typicalThreshold + policy.thresholdDeviation * drawFor(key, 'threshold', fingerprint);
  return Math.max(policy.minimumCell, Math.round(drawn));
}
