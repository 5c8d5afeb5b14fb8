import type { BulkRefusal } from '@samenhang/oprf';

/** Why a request came to nothing: what the service answered, or that there was no answer or none that can be read. */
export type Fruitless = BulkRefusal | 'unanswered' | 'unreadable';

/** Refused for use beyond a quota, and refused over HTTP just as well. */
export const QUOTA = 'quota' satisfies Fruitless;

const LONGEST_SECONDS = 900;

/**
 * How long nothing is asked over the event log after a request that came to nothing. A quota leaves the patients
 * waiting, longer each time; every other reason will not go away by itself soon, and they go over HTTP meanwhile.
 *
 * @param previous pause for a quota that ended lately, if there was one
 */
export function pauseSecondsAfter(reason: string, previous: number | undefined, first: number): number {
  if (reason !== QUOTA) return LONGEST_SECONDS;
  return previous === undefined ? first : Math.max(first, Math.min(LONGEST_SECONDS, 2 * previous));
}
