export interface PauseLimits {
  readonly shortestMilliseconds: number;
  readonly longestMilliseconds: number;
}

/**
 * The wait between looks at the log: short after something happened, doubling while nothing does. A ring shortens
 * the wait at hand. It comes while the publisher's transaction is still open, so the looks that follow it start
 * close together: the event shows within milliseconds of the commit.
 */
export class AdaptivePause {
  private next: number;
  private wakeUp: (() => void) | undefined;
  private due = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly limits: PauseLimits) {
    this.next = limits.shortestMilliseconds;
  }

  /** Something was found: look again soon after it is dealt with. */
  reset(): void {
    this.next = this.limits.shortestMilliseconds;
  }

  ring(): void {
    this.reset();
    if (this.wakeUp === undefined || this.due - Date.now() <= this.next) return;
    this.schedule();
  }

  /** Ends a wait at once. */
  interrupt(): void {
    this.wakeUp?.();
  }

  async wait(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.wakeUp = resolve;
      this.schedule();
    });
    clearTimeout(this.timer);
    this.wakeUp = undefined;
  }

  private schedule(): void {
    clearTimeout(this.timer);
    this.due = Date.now() + this.next;
    this.timer = setTimeout(() => this.wakeUp?.(), this.next);
    this.next = Math.min(this.next * 2, this.limits.longestMilliseconds);
  }
}
