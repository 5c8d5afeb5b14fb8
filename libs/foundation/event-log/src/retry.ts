export interface RetryPolicy {
  /** How often a single failing event is tried in all before it is parked. */
  readonly attempts: number;
  /** Wait before the second attempt; doubles with each further one. */
  readonly firstDelayMilliseconds: number;
  /** Upper bound of the wait between attempts at a chunk while a transient fault lasts. */
  readonly longestDelayMilliseconds: number;
}

/** Short: while one event is tried again, the other keys of its consumer wait. */
export const defaultRetryPolicy: RetryPolicy = {
  attempts: 3,
  firstDelayMilliseconds: 50,
  longestDelayMilliseconds: 5_000,
};

/** Wait before attempt `attempt` + 1, where the first attempt is number 1. */
export function delayAfter(attempt: number, policy: RetryPolicy): number {
  return Math.min(
    policy.firstDelayMilliseconds * 2 ** Math.min(attempt - 1, 20),
    policy.longestDelayMilliseconds,
  );
}
