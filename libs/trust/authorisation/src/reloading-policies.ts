import type { AuthorisationInput, Decision, DecisionPoint } from './authorisation-input.js';
import type { DataCategory } from '@samenhang/data-model';
import { policiesOfThisRelease, readCompiledPolicies } from './compiled-policies.js';
import { loadPolicies } from './decision-point.js';
import { proveUsable } from './policy-proof.js';

export interface PolicySource {
  /** The compiled policies that should hold, as text; undefined: those of the release. */
  readonly read: () => Promise<string | undefined>;
  readonly onChange?: (change: PolicyChange) => void;
  readonly everyMs?: number;
}

export type PolicyChange =
  | { readonly outcome: 'in-force'; readonly version: number }
  | { readonly outcome: 'refused'; readonly reason: string };

const INTERVAL_MS = 2_000;

/**
 * A decision point whose policies can be replaced while it decides. What is not usable is refused, and what was in force
 * stays; a decision is made by one set of policies, never by parts of two.
 */
export class ReloadingPolicies implements DecisionPoint {
  #point: DecisionPoint;
  /** What was last looked at, whether it was accepted or refused: it is not tried again until it changes. */
  #seen: string | undefined;
  #version = 1;
  #timer: NodeJS.Timeout | undefined;

  private constructor(
    point: DecisionPoint,
    private readonly source: PolicySource,
  ) {
    this.#point = point;
  }

  /** @throws PolicyError: without policies that can be used, a service does not start */
  static async start(source: PolicySource): Promise<ReloadingPolicies> {
    const text = await source.read();
    const policies = new ReloadingPolicies(await load(text), source);
    policies.#seen = text;
    policies.#timer = setInterval(() => void policies.refresh(), source.everyMs ?? INTERVAL_MS);
    policies.#timer.unref();
    return policies;
  }

  /** Grows with each set of policies that came into force: what was decided before is out of date. */
  get version(): number {
    return this.#version;
  }

  decide(input: AuthorisationInput): Decision {
    return this.#point.decide(input);
  }

  decideCategories(
    input: AuthorisationInput,
    categories: readonly DataCategory[],
  ): ReadonlyMap<DataCategory, Decision> {
    return this.#point.decideCategories(input, categories);
  }

  /** Looks whether the policies have changed. Never throws. */
  async refresh(): Promise<void> {
    const { read, onChange } = this.source;
    try {
      const text = await read();
      if (text === this.#seen) return;
      this.#seen = text;
      this.#point = await load(text);
      this.#version += 1;
      onChange?.({ outcome: 'in-force', version: this.#version });
    } catch (error) {
      onChange?.({ outcome: 'refused', reason: error instanceof Error ? error.message : 'unknown' });
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

async function load(text: string | undefined): Promise<DecisionPoint> {
  const compiled = text === undefined ? policiesOfThisRelease() : readCompiledPolicies(text);
  const point = await loadPolicies(compiled);
  proveUsable(point);
  return point;
}
