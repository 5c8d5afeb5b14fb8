import { differByFewer, unpaired, type Cohort } from './cohort.js';
import { fingerprintOf, type Condition } from './counting-question.js';
import type { CountingAnswer } from './answer-count.js';

/** An answered question, and how many persons its cohort differs by from each that was answered before it. */
interface Anchor {
  readonly cohort: Cohort;
  readonly distances: readonly number[];
}

/**
 * What was asked and answered under one permit, or by everyone of one organisation where permits are pooled. The first
 * anchor is the population: its size counts as known.
 */
export interface CountingHistory {
  readonly populationSize: number;
  readonly answers: ReadonlyMap<string, CountingAnswer>;
  readonly anchors: readonly Anchor[];
}

export function emptyHistory(population: Cohort): CountingHistory {
  return {
    populationSize: population.populationSize,
    answers: new Map(),
    anchors: [{ cohort: population, distances: [] }],
  };
}

/** A history as it was kept: what was answered, oldest first, under whatever name each question has there. */
export function historyOf(
  population: Cohort,
  answered: readonly {
    readonly conditions: readonly Condition[];
    readonly answer: CountingAnswer;
    readonly cohort: Cohort;
  }[],
): CountingHistory {
  return answered.reduce(
    (history, { conditions, answer, cohort }) =>
      recordAnswer(history, fingerprintOf(conditions), answer, cohort),
    emptyHistory(population),
  );
}

export function recordAnswer(
  history: CountingHistory,
  fingerprint: string,
  answer: CountingAnswer,
  cohort: Cohort,
): CountingHistory {
  const answers = new Map(history.answers).set(fingerprint, answer);
  if (answer.kind !== 'count') return { ...history, answers };
  const distances = history.anchors.map((anchor) => unpaired([anchor.cohort, cohort]));
  return { ...history, answers, anchors: [...history.anchors, { cohort, distances }] };
}

/**
 * Is there a combination of this cohort with up to three answered ones that cancels for all but fewer than `threshold`
 * persons? Then its count would say something about those few: by differencing (one), as the rest of a whole (two), or as
 * a cell of overlapping cohorts (three). That nobody is left counts as well: a rule that tells none from one would itself
 * be the answer.
 */
export function singlesOut({ anchors }: CountingHistory, cohort: Cohort, threshold: number): boolean {
  if (unpaired([cohort], threshold) < threshold) return true;
  const distances = anchors.map((anchor) => unpaired([anchor.cohort, cohort]));
  if (distances.some((distance) => distance < threshold)) return true;
  const size = unpaired([cohort]);
  const sizes = anchors.map((anchor) => unpaired([anchor.cohort]));
  // Sets whose sizes differ by the threshold differ by as many persons: most combinations need no look at the persons.
  const near = (one = 0, other = 0) => Math.abs(one - other) < threshold;
  const ofTwo = new Uint32Array(cohort.words.length);
  const ofThree = new Uint32Array(cohort.words.length);
  return anchors.some((a, i) => {
    combine(ofTwo, cohort.words, a.cohort.words);
    return anchors.slice(0, i).some((b, j) => {
      const apart = a.distances[j];
      const isRest = near(distances[i], sizes[j]) && near(distances[j], sizes[i]) && near(size, apart);
      if (isRest && differByFewer(threshold, ofTwo, b.cohort.words)) return true;
      combine(ofThree, ofTwo, b.cohort.words);
      for (let l = 0; l < j; l++) {
        const matches =
          near(distances[i], b.distances[l]) &&
          near(distances[j], a.distances[l]) &&
          near(distances[l], apart);
        if (matches && differByFewer(threshold, ofThree, anchors[l]?.cohort.words)) return true;
      }
      return false;
    });
  });
}

function combine(into: Uint32Array, one: Uint32Array, other: Uint32Array): void {
  for (let index = 0; index < into.length; index++) into[index] = (one[index] ?? 0) ^ (other[index] ?? 0);
}
