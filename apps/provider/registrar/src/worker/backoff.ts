const FIRST_SECONDS = 1;
const LONGEST_SECONDS = 900;

/**
 * Exponential, at most a quarter of an hour, without end: an index that is down for days is caught up with when it is
 * back. The spread keeps many registrations from coming back at one moment.
 *
 * @param random between 0 and 1
 */
export function backoffSeconds(attempts: number, random: number): number {
  const exponential = Math.min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** Math.min(attempts, 20));
  return exponential * (0.5 + random / 2);
}
