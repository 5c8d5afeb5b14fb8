/** Bounds the size of one statement; what is left waits for the next. */
const LARGEST_GROUP = 64;
/** A group that takes so long waits for somebody else's lock: those who come now need not wait along. */
const SLOW_MS = 50;
const LANES = 4;

interface Waiting<Work, Outcome> {
  readonly work: Work;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Commits works that arrive at the same time together. One runs at once; what arrives meanwhile forms the next group, so
 * that nobody waits for a timer and the cost of a transaction is shared by all who are waiting anyway. Each outcome is
 * given after the commit of its group.
 */
export class GroupCommit<Work, Outcome> {
  #waiting: Waiting<Work, Outcome>[] = [];
  #lanes = 0;
  #lastStartedAt = 0;

  /** @param commit resolves, once all is committed, with one outcome per work, in their order */
  constructor(private readonly commit: (works: readonly Work[]) => Promise<readonly Outcome[]>) {}

  submit(work: Work): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject });
      const slow = this.#lanes < LANES && performance.now() - this.#lastStartedAt > SLOW_MS;
      if (this.#lanes === 0 || slow) void this.#runAll();
    });
  }

  async #runAll(): Promise<void> {
    this.#lanes += 1;
    while (this.#waiting.length > 0) {
      this.#lastStartedAt = performance.now();
      const group = this.#waiting.slice(0, LARGEST_GROUP);
      this.#waiting = this.#waiting.slice(LARGEST_GROUP);
      await this.#run(group);
    }
    this.#lanes -= 1;
  }

  /** A group that fails is halved until the fault is alone: one bad work fails nobody else's. */
  async #run(group: readonly Waiting<Work, Outcome>[]): Promise<void> {
    try {
      const outcomes = await this.commit(group.map(({ work }) => work));
      for (const [index, { resolve }] of group.entries()) resolve(outcomes[index] as Outcome);
    } catch (error) {
      if (group.length === 1) return group[0]?.reject(error);
      const half = Math.ceil(group.length / 2);
      await this.#run(group.slice(0, half));
      await this.#run(group.slice(half));
    }
  }
}
