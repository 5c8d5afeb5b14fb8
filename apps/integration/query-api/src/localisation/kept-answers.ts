import type { Localisation } from '@samenhang/localisation';

export interface KeptAnswer {
  readonly localisations: readonly Localisation[];
  readonly patientHandle: string;
  /** By the database's clock, from before the index was asked. */
  readonly askedAt: Date;
  /** By this process's clock, in milliseconds. */
  readonly keptUntil: number;
}

/** A bounded memory: of too many answers those that were asked for longest ago go. */
export class KeptAnswers {
  readonly #answers = new Map<string, KeptAnswer>();

  constructor(private readonly maximum: number) {}

  get size(): number {
    return this.#answers.size;
  }

  find(key: string, now: number): KeptAnswer | undefined {
    const answer = this.#answers.get(key);
    if (answer === undefined) return undefined;
    this.#answers.delete(key);
    if (answer.keptUntil <= now) return undefined;
    this.#answers.set(key, answer);
    return answer;
  }

  keep(key: string, answer: KeptAnswer): void {
    this.#answers.delete(key);
    this.#answers.set(key, answer);
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= this.maximum) return;
      this.#answers.delete(oldest);
    }
  }

  drop(key: string): void {
    this.#answers.delete(key);
  }
}
