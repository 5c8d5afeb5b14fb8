import type { Subscription, SubscriptionStatus } from './subscription.js';

/** Failures in a row after which a subscription that worked is said to be in error. */
const FAILURES_TO_ERROR = 3;
const LONGEST_PAUSE_SECONDS = 900;
/** An endpoint that is away for so long is given up. */
const GIVE_UP_MS = 24 * 60 * 60 * 1_000;

/** What becomes of a subscription that could not be told: ever longer pauses, and an end. */
export function afterFailure(
  { status, attempts, failingSince }: Pick<Subscription, 'status' | 'attempts' | 'failingSince'>,
  now: Date,
): { readonly status: SubscriptionStatus; readonly seconds: number } {
  const seconds = Math.min(LONGEST_PAUSE_SECONDS, 2 ** Math.min(Math.max(attempts - 1, 0), 12));
  if (failingSince !== undefined && now.getTime() - failingSince.getTime() >= GIVE_UP_MS)
    return { status: 'off', seconds };
  // Without a handshake it stays requested: nothing is told to an endpoint that never answered.
  if (status === 'requested') return { status, seconds };
  return { status: attempts >= FAILURES_TO_ERROR ? 'error' : status, seconds };
}
