/**
 * The strongest reading of an attack's observations: the attacker runs the same attack where the secrets are known, learns
 * which observation goes with which secret, and claims only what was right in 95 of 100 cases there.
 */
export interface LearnedAttack {
  claim(observation: string): boolean | undefined;
}

const surePart = 0.95;
/** Fewer cases prove nothing: among some hundred observations, five alike are found by chance. */
const fewestCases = 20;

export function learn(
  cases: readonly { readonly observation: string; readonly secret: boolean }[],
): LearnedAttack {
  const seen = new Map<string, { with: number; without: number }>();
  for (const { observation, secret } of cases) {
    const counts = seen.get(observation) ?? { with: 0, without: 0 };
    counts[secret ? 'with' : 'without']++;
    seen.set(observation, counts);
  }
  return {
    claim: (observation) => {
      const counts = seen.get(observation) ?? { with: 0, without: 0 };
      const total = counts.with + counts.without;
      if (total < fewestCases) return undefined;
      if (counts.with / total >= surePart) return true;
      return counts.without / total >= surePart ? false : undefined;
    },
  };
}
