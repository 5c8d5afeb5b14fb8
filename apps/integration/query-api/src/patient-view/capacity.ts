import { Failure } from '@samenhang/errors';

/** How many views are made at the same time. Beyond that a caller is told at once to come back, rather than all waiting longer. */
export class Capacity {
  #taken = 0;

  constructor(private readonly maximum: number) {}

  get taken(): number {
    return this.#taken;
  }

  /**
   * A place, and what gives it back; giving it back twice is once.
   * @throws Failure('unavailable') when all are taken
   */
  take(): () => void {
    if (this.#taken >= this.maximum)
      throw new Failure('unavailable', 'Too many views are being made now', { retryAfterSeconds: 1 });
    this.#taken += 1;
    let isTaken = true;
    return () => {
      if (isTaken) this.#taken -= 1;
      isTaken = false;
    };
  }
}
