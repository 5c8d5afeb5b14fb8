/**
 * Remembers one-time values until they would be refused for their age anyway. Two generations are swapped instead of
 * timing each value: the cost of a check does not grow with the load.
 */
export class ReplayCache {
  #current = new Set<string>();
  #previous = new Set<string>();
  #swapAt: number;

  constructor(
    private readonly windowMs: number,
    private readonly now: () => number = Date.now,
  ) {
    this.#swapAt = now() + windowMs;
  }

  /** True the first time a value is offered, false after that. */
  admit(value: string): boolean {
    this.#rotate();
    if (this.#current.has(value) || this.#previous.has(value)) return false;
    this.#current.add(value);
    return true;
  }

  #rotate(): void {
    const now = this.now();
    if (now < this.#swapAt) return;
    // After a silence of two windows nothing remembered can still be valid.
    this.#previous = now - this.#swapAt < this.windowMs ? this.#current : new Set();
    this.#current = new Set();
    this.#swapAt = now + this.windowMs;
  }
}
