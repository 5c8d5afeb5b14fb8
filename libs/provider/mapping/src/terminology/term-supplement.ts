import type { Coding } from '../fhir-types.js';
import type { BindingName } from '../tables/table-set.js';

/** A code that satisfies no binding, and the binding that asks for another. */
export interface TermQuestion {
  readonly binding: BindingName;
  readonly system: string;
  readonly code: string;
}

/**
 * What a terminology server answered and what is held to: the same code in a system that the binding names. Without a target a
 * person has withdrawn it: the question is not asked again.
 */
export interface PinnedTranslation extends TermQuestion {
  readonly target: TranslationTarget | null;
}

export interface TranslationTarget {
  readonly system: string;
  readonly code: string;
  readonly display?: string;
}

/** Answers of a terminology server beside the tables. A number names one state for good: what comes later has a higher one. */
export interface TermSupplement {
  readonly version: number;
  readonly translations: readonly PinnedTranslation[];
}

export const noSupplement: TermSupplement = { version: 0, translations: [] };

/** Laid out for look-up, by binding, system and code. */
export function translationsBy(supplement: TermSupplement): ReadonlyMap<string, Coding | null> {
  return new Map(supplement.translations.map((one) => [keyOfQuestion(one), one.target]));
}

export function keyOfQuestion({ binding, system, code }: TermQuestion): string {
  return `${binding}|${system}|${code}`;
}
