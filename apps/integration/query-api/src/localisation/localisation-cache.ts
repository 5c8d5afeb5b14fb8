import type { VerifiedIdentity } from '@samenhang/identity';
import type { Localisation, LocalisationAnswer } from '@samenhang/localisation';
import type { Bsn } from '@samenhang/patient-identity';
import { KeptAnswers } from './kept-answers.js';
import type { LocalisationChangeStore } from './localisation-change-store.js';
import { RequesterKeys } from './requester-key.js';

export interface LocalisationQuestion {
  readonly bsn: Bsn;
  readonly identity: VerifiedIdentity;
}

export interface LocalisationCacheParts {
  readonly ask: (question: LocalisationQuestion) => Promise<LocalisationAnswer>;
  /** That this will be asked soon. */
  readonly prepare?: (question: LocalisationQuestion) => void;
  readonly changes: Pick<LocalisationChangeStore, 'now' | 'changedSince'>;
  readonly isCurrent: () => boolean;
  readonly maximumAgeSeconds: number;
  readonly maximumEntries: number;
}

/**
 * Spares the index the same question of the same asker within seconds. Only where to ask is kept, never what a holder
 * says: authorisation here, and consent and authorisation at each holder, are asked every time. An answer without
 * registrations is not kept, since it may be a refusal.
 */
export class LocalisationCache {
  readonly #keys = new RequesterKeys();
  readonly #kept: KeptAnswers;

  constructor(private readonly parts: LocalisationCacheParts) {
    this.#kept = new KeptAnswers(parts.maximumEntries);
  }

  async localise(question: LocalisationQuestion): Promise<readonly Localisation[]> {
    const { ask, prepare, changes, isCurrent, maximumAgeSeconds } = this.parts;
    if (!isCurrent()) return (await ask(question)).localisations;
    const key = this.#keys.of(question);
    const kept = this.#kept.find(key, performance.now());
    if (kept !== undefined) {
      if (!(await changes.changedSince(kept.patientHandle, kept.askedAt))) return kept.localisations;
      this.#kept.drop(key);
    }
    prepare?.(question);
    // From before the question: a change while the index answers counts as one after it.
    const askedAt = await changes.now();
    const keptUntil = performance.now() + maximumAgeSeconds * 1_000;
    const { localisations, patientHandle } = await ask(question);
    if (patientHandle !== undefined)
      this.#kept.keep(key, { localisations, patientHandle, askedAt, keptUntil });
    return localisations;
  }
}
