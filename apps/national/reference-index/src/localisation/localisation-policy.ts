import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { AuthorisationInput, DecisionPoint, ReloadingPolicies } from '@samenhang/authorisation';
import type { DataCategory } from '@samenhang/data-model';
import { servicePolicies, toAuthorisationSubject, type VerifiedIdentity } from '@samenhang/identity';
import { LOGGER, ServiceEnvironment } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import type { FoundRegistration } from './lookup.js';

export interface LocalisationVerdict {
  readonly allow: boolean;
  /** Codes for the audit trail. */
  readonly reasons: readonly string[];
  /** What the caller may see of what was found. */
  readonly visible: readonly FoundRegistration[];
}

/** A decision depends on the token and the policies alone, and so holds as long as both do. */
interface Judged {
  readonly policies: number | undefined;
  readonly allow: boolean;
  readonly reasons: readonly string[];
  readonly categories: Map<DataCategory, boolean>;
}

const CATEGORY_REFUSED = 'category_not_allowed';
const RESTRICTED = 'restricted_by_patient';

/** Asks the decision point whether this professional may localise, and where data of which categories is. */
@Injectable()
export class LocalisationPolicy implements OnModuleInit {
  #decisionPoint: ReloadingPolicies | undefined;
  readonly #judged = new WeakMap<VerifiedIdentity, Judged>();

  constructor(
    private readonly environment: ServiceEnvironment,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onModuleInit(): Promise<void> {
    this.#decisionPoint = await servicePolicies(this.environment, this.logger);
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
    const policies = this.#decisionPoint?.version;
    const known = this.#judged.get(identity);
    if (known !== undefined && known.policies === policies) return known;
    const { allow, reasons } = this.#ask(identity, {});
    const judged = { policies, allow, reasons: reasons.map(({ code }) => code), categories: new Map() };
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
