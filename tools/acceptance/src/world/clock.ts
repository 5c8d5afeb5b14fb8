const RealDate = Date;

/**
 * The time of day that every service of the installation sees: they run in this process, so `Date` itself is moved.
 * Timers and the database keep their own time.
 */
export class Clock {
  #offsetMs = 0;
  #stoppedAt: number | undefined;

  install(): void {
    const now = (): number => this.#stoppedAt ?? RealDate.now() + this.#offsetMs;
    class MovedDate extends RealDate {
      constructor(...values: unknown[]) {
        if (values.length === 0) super(now());
        else super(...(values as [number]));
      }

      static override now(): number {
        return now();
      }
    }
    globalThis.Date = MovedDate as DateConstructor;
  }

  /** The clock says this from now on, and goes on from there. */
  set(instant: string): void {
    this.#stoppedAt = undefined;
    this.#offsetMs = RealDate.parse(instant) - RealDate.now();
  }

  /** Lets time pass. */
  advance(milliseconds: number): void {
    if (this.#stoppedAt === undefined) this.#offsetMs += milliseconds;
    else this.#stoppedAt += milliseconds;
  }

  /** The clock stands still at this moment until it is set again. */
  stopAt(instant: string): void {
    this.#stoppedAt = RealDate.parse(instant);
  }

  /** Goes on from where it was stopped. */
  goOn(): void {
    if (this.#stoppedAt === undefined) return;
    this.#offsetMs = this.#stoppedAt - RealDate.now();
    this.#stoppedAt = undefined;
  }
}
