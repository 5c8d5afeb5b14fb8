import {
  answerCount,
  emptyHistory,
  sizeOf,
  type Cohort,
  type CountingHistory,
  type CountingPolicy,
} from '@samenhang/disclosure';
import { both, type SimulatedHospital } from './simulated-hospital.js';

/** A criterion in any words, and whom it selects: attackers here can phrase every set of persons. */
export interface Criterion {
  readonly words: string;
  readonly selects: Cohort;
}

/** What an attacker gets for a question: a count, or why there is none. */
export type Ask = (...criteria: readonly Criterion[]) => number | string;

/** A counter that protects nobody. */
export function exactCounter(hospital: SimulatedHospital): Ask {
  return (...criteria) => sizeOf(meet(hospital, criteria));
}

/** Small cells withheld and counts rounded, with no eye for other questions. */
export function thresholdCounter(hospital: SimulatedHospital): Ask {
  return (...criteria) => {
    const size = sizeOf(meet(hospital, criteria));
    return size < 10 ? 'withheld' : 5 * Math.round(size / 5);
  };
}

export function protectedCounter(hospital: SimulatedHospital, policy: CountingPolicy, key: Uint8Array): Ask {
  let history: CountingHistory = emptyHistory(hospital.everyone);
  return (...criteria) => {
    const answered = answerCount(policy, key, history, {
      conditions: criteria.map(({ words }) => ({ dimension: 'phrase', value: words })),
      cohort: meet(hospital, criteria),
      without: criteria.map((left) =>
        meet(
          hospital,
          criteria.filter((criterion) => criterion !== left),
        ),
      ),
    });
    history = answered.history;
    const { answer } = answered;
    if (answer.kind === 'count') return answer.count;
    return answer.kind === 'refused' ? answer.reason : answer.kind;
  };
}

function meet(hospital: SimulatedHospital, criteria: readonly Criterion[]): Cohort {
  return criteria.reduce((cohort, { selects }) => both(cohort, selects), hospital.everyone);
}
