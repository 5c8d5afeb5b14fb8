import { randomBytes } from 'node:crypto';

export interface MemoryLimits {
  readonly maximumBytes: number;
  readonly lifetimeMs: number;
}

interface Kept<T> {
  readonly value: T;
  readonly owner: string;
  readonly bytes: number;
  readonly until: number;
}

/**
 * What was collected for one asker, for a short while, in memory only: nothing of a patient is written down by a
 * platform that holds no data. Each asker gets back only what is its own; the names are random and tell nothing.
 */
export class BoundedMemory<T> {
  readonly #kept = new Map<string, Kept<T>>();
  #bytes = 0;

  constructor(
    private readonly limits: MemoryLimits,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get bytes(): number {
    return this.#bytes;
  }

  /** Undefined when it is larger than all that may be kept. */
  keep(owner: string, value: T, bytes: number): string | undefined {
    if (bytes > this.limits.maximumBytes) return undefined;
    this.#forgetEnded();
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes + bytes <= this.limits.maximumBytes) break;
      this.#forget(oldest);
    }
    const name = randomBytes(18).toString('base64url');
    this.#kept.set(name, { value, owner, bytes, until: this.now() + this.limits.lifetimeMs });
    this.#bytes += bytes;
    return name;
  }

  /** Undefined also for what is somebody else's: whether it is there is not told. */
  find(name: string, owner: string): T | undefined {
    this.#forgetEnded();
    const kept = this.#kept.get(name);
    return kept?.owner === owner ? kept.value : undefined;
  }

  /** All live equally long, so those kept first end first. */
  #forgetEnded(): void {
    const now = this.now();
    for (const [name, { until }] of this.#kept) {
      if (until > now) return;
      this.#forget(name);
    }
  }

  #forget(name: string): void {
    this.#bytes -= this.#kept.get(name)?.bytes ?? 0;
    this.#kept.delete(name);
  }
}
