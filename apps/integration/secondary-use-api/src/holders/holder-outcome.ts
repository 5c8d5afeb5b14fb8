import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';

/** How it went at one holder. */
export type HolderStatus =
  'ok' | 'truncated' | 'no-endpoint' | 'refused' | 'unreachable' | 'timed-out' | 'invalid';

export interface HolderOutcome {
  readonly custodian: Ura;
  readonly status: HolderStatus;
  readonly rows: number;
}

/** Whether the answer of a holder counts. Of one that broke off nothing is used: half of it would say something else. */
export function isWhole({ status }: HolderOutcome): boolean {
  return status === 'ok' || status === 'truncated';
}

/** Of each holder how it went at worst, when it was asked more than once. */
export function worstOf(outcomes: readonly (readonly HolderOutcome[])[]): HolderOutcome[] {
  const [first = []] = outcomes;
  return first.map((outcome, place) => {
    const all = outcomes.flatMap((each) => each[place] ?? []);
    return all.find((each) => !isWhole(each)) ?? outcome;
  });
}

export function statusOf(error: unknown, signal: AbortSignal): HolderStatus {
  if (signal.aborted) return 'timed-out';
  if (!(error instanceof Failure)) return 'unreachable';
  switch (error.kind) {
    case 'forbidden':
    case 'unauthenticated':
      return 'refused';
    case 'timeout':
      return 'timed-out';
    case 'unavailable':
      return 'unreachable';
    default:
      return 'invalid';
  }
}
