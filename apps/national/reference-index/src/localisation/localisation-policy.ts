import { Injectable } from '@nestjs/common';
import type { AuthorisationInput, DecisionPoint } from '@samenhang/authorisation';
import { loadPolicies } from '@samenhang/authorisation';
import { toAuthorisationSubject, type VerifiedIdentity } from '@samenhang/identity';
import type { Registration } from '../registrations/registration.js';

export interface LocalisationVerdict {
  readonly allow: boolean;
  readonly reasons: readonly string[];
  /** What the caller may see of what was found. */
  readonly visible: readonly Registration[];
}

/** Asks the decision point whether this professional may localise. */
@Injectable()
export class LocalisationPolicy {
  #decisionPoint: DecisionPoint | undefined;

  async onModuleInit(): Promise<void> {
    this.#decisionPoint = await loadPolicies();
  }

  decide(identity: VerifiedIdentity, found: readonly Registration[]): LocalisationVerdict {
    if (this.#decisionPoint === undefined) throw new Error('The policies are not loaded');
    const decision = this.#decisionPoint.decide(toInput(identity));
    const reasons = decision.reasons.map((reason) => reason.code);
    return { allow: decision.allow, reasons, visible: decision.allow ? found : [] };
  }
}

function toInput(identity: VerifiedIdentity): AuthorisationInput {
  return {
    policy: 'localise',
    subject: toAuthorisationSubject(identity),
    request: { interaction: 'localise' },
    context: {},
  };
}
