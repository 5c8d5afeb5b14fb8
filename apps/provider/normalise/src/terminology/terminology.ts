import type { TermQuestion, TranslationTarget } from '@samenhang/mapping';

/** What is known of a code that satisfies no binding. */
export type TermAnswer =
  | { readonly outcome: 'translated'; readonly target: TranslationTarget }
  /** There is no one code that says the same. */
  | { readonly outcome: 'none' }
  /** Nobody could say: the server is away, or says what cannot be read. */
  | { readonly outcome: 'unavailable' };

/** A question as it is asked: with the systems that the binding names, and its value set where the tables name one. */
export interface BoundQuestion extends TermQuestion {
  readonly systems: readonly string[];
  readonly valueSet?: string;
}

/** Whoever knows which codes mean the same. Never throws: a mapping goes on without an answer. */
export interface Terminology {
  translate(question: BoundQuestion): Promise<TermAnswer>;
}
