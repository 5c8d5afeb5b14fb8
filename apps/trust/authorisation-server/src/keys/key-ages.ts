/** A signing key at a moment: which it is by when it begins to sign, seen from the others. */
export type KeyAge = 'next' | 'current' | 'previous' | 'over';

/**
 * Of keys, latest first: those to come, the one that signs, those whose tokens may still live, and those that are over.
 *
 * @param signsIn seconds until each begins to sign; negative when it has begun
 * @param keptSeconds how long a key is published after the next has taken over
 */
export function agesOf(signsIn: readonly number[], keptSeconds: number): KeyAge[] {
  const current = signsIn.findIndex((seconds) => seconds <= 0);
  return signsIn.map((_, index): KeyAge => {
    if (current === -1 || index < current) return 'next';
    if (index === current) return 'current';
    const successorSignsIn = signsIn[index - 1] ?? 0;
    return -successorSignsIn < keptSeconds ? 'previous' : 'over';
  });
}
