import { setImmediate } from 'node:timers/promises';

export interface GroupPolicy {
  /** Bounds the size of one group; what is left waits for the next. */
  readonly largest: number;
  /** Whether the first waits for what arrives in the same turn of the event loop, or runs at once. */
  readonly gathersTurn: boolean;
  /** So many groups run beside each other at most. */
  readonly lanes: number;
  /** Whether a group that fails fails all in it, or is halved until the fault is alone. */
  readonly failsTogether: boolean;
}

const bearsWithFaults: GroupPolicy = { largest: 64, gathersTurn: false, lanes: 4, failsTogether: false };

/** A group that takes so long waits for somebody else's lock: those who come now need not wait along. */
const SLOW_MS = 50;

interface Waiting<Work, Outcome> {
  readonly work: Work;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Commits works that arrive at the same time together. What arrives while a group is under way forms the next, so that
 * nobody waits for a timer and the cost of a transaction is shared by all who are waiting anyway. Each outcome is given
 * after the commit of its group.
 */
export class GroupCommit<Work, Outcome> {
  #waiting: Waiting<Work, Outcome>[] = [];
  #lanes = 0;
  #lastStartedAt = 0;

  /** @param commit commits all or none, and resolves after that with one outcome per work, in their order */
  constructor(
    private readonly commit: (works: readonly Work[]) => Promise<readonly Outcome[]>,
    private readonly policy: GroupPolicy = bearsWithFaults,
  ) {}

  submit(work: Work): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject });
      const slow = this.#lanes < this.policy.lanes && performance.now() - this.#lastStartedAt > SLOW_MS;
      if (this.#lanes === 0 || slow) void this.#runAll();
    });
  }

  async #runAll(): Promise<void> {
    this.#lanes += 1;
    if (this.policy.gathersTurn) await setImmediate();
    while (this.#waiting.length > 0) {
      this.#lastStartedAt = performance.now();
      await this.#run(this.#waiting.splice(0, this.policy.largest));
    }
    this.#lanes -= 1;
  }

  async #run(group: readonly Waiting<Work, Outcome>[]): Promise<void> {
    try {
      const outcomes = await this.commit(group.map(({ work }) => work));
      if (outcomes.length !== group.length) throw new Error('Each work of a group has one outcome');
      for (const [index, { resolve }] of group.entries()) resolve(outcomes[index] as Outcome);
    } catch (error) {
      if (this.policy.failsTogether || group.length === 1) {
        for (const { reject } of group) reject(error);
        return;
      }
      const half = Math.ceil(group.length / 2);
      await this.#run(group.slice(0, half));
      await this.#run(group.slice(half));
    }
  }
}
