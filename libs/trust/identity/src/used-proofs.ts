import { ReplayCache } from './replay-cache.js';

/** How long a proof can be of use: what was used is remembered for so long, and no longer. */
export const PROOF_WINDOW_SECONDS = { past: 60, future: 5 } as const;

/** Which proofs were used. */
export interface UsedProofs {
  /** True the first time a proof is offered, at whichever instance; false after that. */
  admit(name: string): boolean | Promise<boolean>;
}

/** Those that one process saw. */
export class ProcessProofs implements UsedProofs {
  readonly #seen: ReplayCache;

  constructor(now: () => number = Date.now) {
    this.#seen = new ReplayCache((PROOF_WINDOW_SECONDS.past + PROOF_WINDOW_SECONDS.future) * 1000, now);
  }

  admit(name: string): boolean {
    return this.#seen.admit(name);
  }
}
