const FIRST_SECONDS = 2;
const LONGEST_SECONDS = 900;

/** Exponential, at most a quarter of an hour; spread, so that many do not come back at one moment. @param random 0 to 1 */
export function backoffSeconds(attempts: number, random: number): number {
  const exponential = Math.min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** Math.min(attempts - 1, 20));
  return exponential * (0.5 + random / 2);
}
