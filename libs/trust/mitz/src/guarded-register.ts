import type { ConsentAnswer, ConsentQuestion, ConsentRegister } from '@samenhang/consent';
import {
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhenResult,
  isBrokenCircuitError,
  type CircuitBreakerPolicy,
} from 'cockatiel';

export interface GuardSettings {
  /** Questions in a row without an answer after which no more are asked. */
  readonly failures?: number;
  /** After how long one question is let through, to see whether the register is back. */
  readonly pauseMs?: number;
}

const FAILURES = 5;
const PAUSE_MS = 5_000;

/**
 * Spares a register that does not answer, and those who wait for it: while the circuit is open every answer is the same
 * no as of one that cannot be reached, at once. Nothing is remembered of earlier answers, so that no permit outlives its question.
 */
export class GuardedRegister implements ConsentRegister {
  readonly #circuit: CircuitBreakerPolicy;
  #openSince: Date | undefined;

  constructor(
    private readonly register: ConsentRegister,
    { failures = FAILURES, pauseMs = PAUSE_MS }: GuardSettings = {},
  ) {
    const withoutAnswer = handleWhenResult((answer) => isNoAnswer(answer as ConsentAnswer));
    this.#circuit = circuitBreaker(withoutAnswer, {
      halfOpenAfter: pauseMs,
      breaker: new ConsecutiveBreaker(failures),
    });
    this.#circuit.onBreak(() => (this.#openSince ??= new Date()));
    this.#circuit.onReset(() => (this.#openSince = undefined));
  }

  /** Since when the register is not asked any more; undefined while it answers. */
  get openSince(): Date | undefined {
    return this.#circuit.state === CircuitState.Closed ? undefined : this.#openSince;
  }

  async ask(question: ConsentQuestion): Promise<ConsentAnswer> {
    try {
      return await this.#circuit.execute(() => this.register.ask(question));
    } catch (error) {
      if (isBrokenCircuitError(error)) return { permit: false, reason: 'unreachable' };
      throw error;
    }
  }
}

/** `indeterminate` is an answer: the register works, and does not know. */
function isNoAnswer({ reason }: ConsentAnswer): boolean {
  return reason === 'unreachable' || reason === 'malformed';
}
