const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Whether a comparison is due: once a night at the hour (UTC), after the first start at once, and after a night that was
 * missed as soon as possible.
 * @param everySeconds a fixed period instead of the night; 0 for the night
 */
export function isDue(
  finishedAt: Date | null,
  now: Date,
  { hour, everySeconds }: { readonly hour: number; readonly everySeconds: number },
): boolean {
  if (finishedAt === null) return true;
  if (everySeconds > 0) return now.getTime() - finishedAt.getTime() >= everySeconds * 1_000;
  const tonight = Math.floor(now.getTime() / DAY_MS) * DAY_MS + hour * HOUR_MS;
  const latest = tonight <= now.getTime() ? tonight : tonight - DAY_MS;
  return finishedAt.getTime() < latest;
}
