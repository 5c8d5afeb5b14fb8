import { Injectable, type OnModuleInit } from '@nestjs/common';
import { loadPolicies, type AuthorisationInput, type DecisionPoint } from '@samenhang/authorisation';
import type { DataCategory } from '@samenhang/data-model';
import { toAuthorisationSubject, type VerifiedIdentity } from '@samenhang/identity';
import type { FoundRegistration } from './lookup.js';

export interface LocalisationVerdict {
  readonly allow: boolean;
  /** Codes for the audit trail. */
  readonly reasons: readonly string[];
  /** What the caller may see of what was found. */
  readonly visible: readonly FoundRegistration[];
}

/** A decision depends on the token alone, and so holds as long as the token does. */
interface Judged {
  readonly allow: boolean;
  readonly reasons: readonly string[];
  readonly categories: Map<DataCategory, boolean>;
}

const CATEGORY_REFUSED = 'category_not_allowed';
const RESTRICTED = 'restricted_by_patient';

/** Asks the decision point whether this professional may localise, and where data of which categories is. */
@Injectable()
export class LocalisationPolicy implements OnModuleInit {
  #decisionPoint: DecisionPoint | undefined;
  readonly #judged = new WeakMap<VerifiedIdentity, Judged>();

  async onModuleInit(): Promise<void> {
    this.#decisionPoint = await loadPolicies();
  }

  decide(identity: VerifiedIdentity, found: readonly FoundRegistration[]): LocalisationVerdict {
    const judged = this.#judge(identity);
    const permitted = found.filter(({ category }) => this.#mayLearn(identity, judged, category));
    const visible = permitted.filter(({ restricted }) => !restricted);
    if (!judged.allow) return { allow: false, reasons: judged.reasons, visible: [] };
    const reasons = [
      ...judged.reasons,
      ...(permitted.length < found.length ? [CATEGORY_REFUSED] : []),
      ...(visible.length < permitted.length ? [RESTRICTED] : []),
    ];
    // Something was there and nothing of it is told: that is a refusal, whatever the caller is left to think.
    return { allow: found.length === 0 || visible.length > 0, reasons, visible };
  }

  #judge(identity: VerifiedIdentity): Judged {
    const known = this.#judged.get(identity);
    if (known !== undefined) return known;
    const { allow, reasons } = this.#ask(identity, {});
    const judged = { allow, reasons: reasons.map(({ code }) => code), categories: new Map() };
    this.#judged.set(identity, judged);
    return judged;
  }

  #mayLearn(identity: VerifiedIdentity, { categories }: Judged, category: DataCategory): boolean {
    const known = categories.get(category) ?? this.#ask(identity, { data_category: category }).allow;
    categories.set(category, known);
    return known;
  }

  #ask(
    identity: VerifiedIdentity,
    context: AuthorisationInput['context'],
  ): ReturnType<DecisionPoint['decide']> {
    if (this.#decisionPoint === undefined) throw new Error('The policies are not loaded');
    return this.#decisionPoint.decide({
      policy: 'localise',
      subject: toAuthorisationSubject(identity),
      request: { interaction: 'localise' },
      context,
    });
  }
}
