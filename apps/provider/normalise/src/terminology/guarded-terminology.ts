import { keyOfQuestion } from '@samenhang/mapping';
import {
  circuitBreaker,
  ConsecutiveBreaker,
  handleWhenResult,
  isBrokenCircuitError,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import type { BoundQuestion, TermAnswer, Terminology } from './terminology.js';

export interface GuardTerms {
  /** How long an answer is kept. */
  readonly keptMs: number;
  /** How long it is kept that there is none: a terminologist may add it today. */
  readonly noneKeptMs: number;
  readonly mostKept: number;
  /** Questions in a row without an answer after which no more are asked, and for how long. */
  readonly failures: number;
  readonly pauseMs: number;
  readonly now: () => number;
}

interface Kept {
  readonly answer: Promise<TermAnswer>;
  until: number;
}

/** Spares a terminology server: each question once while its answer is kept, and none while the server does not answer. */
export class GuardedTerminology implements Terminology {
  readonly #kept = new Map<string, Kept>();
  readonly #circuit: CircuitBreakerPolicy;

  constructor(
    private readonly terminology: Terminology,
    private readonly terms: GuardTerms,
  ) {
    const withoutAnswer = handleWhenResult((answer) => (answer as TermAnswer).outcome === 'unavailable');
    this.#circuit = circuitBreaker(withoutAnswer, {
      halfOpenAfter: terms.pauseMs,
      breaker: new ConsecutiveBreaker(terms.failures),
    });
  }

  async translate(question: BoundQuestion): Promise<TermAnswer> {
    const key = keyOfQuestion(question);
    const { now, keptMs, noneKeptMs } = this.terms;
    const known = this.#kept.get(key);
    if (known !== undefined && known.until > now()) return known.answer;
    const kept: Kept = { answer: this.#ask(question), until: Infinity };
    this.#keep(key, kept);
    const answer = await kept.answer;
    if (answer.outcome === 'unavailable') this.#forget(key, kept);
    else kept.until = now() + (answer.outcome === 'none' ? noneKeptMs : keptMs);
    return answer;
  }

  async #ask(question: BoundQuestion): Promise<TermAnswer> {
    try {
      return await this.#circuit.execute(() => this.terminology.translate(question));
    } catch (error) {
      if (isBrokenCircuitError(error)) return { outcome: 'unavailable' };
      throw error;
    }
  }

  /** The oldest go first. */
  #keep(key: string, kept: Kept): void {
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.terms.mostKept && oldest !== undefined) this.#kept.delete(oldest);
  }

  #forget(key: string, kept: Kept): void {
    if (this.#kept.get(key) === kept) this.#kept.delete(key);
  }
}
