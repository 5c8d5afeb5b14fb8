import type { AuthorisationInput, Decision, DecisionPoint } from '@samenhang/authorisation';
import { dataCategories, type DataCategory } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { toAuthorisationSubject, type VerifiedIdentity } from '@samenhang/identity';

export type ViewDecisions = Pick<DecisionPoint, 'decide' | 'decideCategories'>;

/**
 * Whether the caller may ask for the view of this patient at all; each holder decides again about its own data.
 * `patientMatches`: whether the token is for this patient; undefined when it is bound to none.
 */
export function decideView(
  decisions: ViewDecisions,
  identity: VerifiedIdentity,
  patientMatches: boolean | undefined,
): Decision {
  return decisions.decide({
    ...questionOf(identity),
    context: patientMatches === undefined ? {} : { patient_matches: patientMatches },
  });
}

/** Categories that the role of the caller may see. What it may not see is not asked for anywhere. */
export function visibleCategories(
  decisions: ViewDecisions,
  identity: VerifiedIdentity,
): ReadonlySet<DataCategory> {
  const categories = dataCategories.map(({ code }) => code);
  const answers = decisions.decideCategories(questionOf(identity), categories);
  return new Set(categories.filter((category) => answers.get(category)?.allow === true));
}

function questionOf(identity: VerifiedIdentity): AuthorisationInput {
  return {
    policy: 'view',
    subject: toAuthorisationSubject(identity),
    request: { interaction: 'view' },
    context: {},
  };
}

export function refusal(decision: Decision): Failure {
  return new Failure('forbidden', undefined, {
    issues: decision.reasons.map(({ code, description }) => ({ text: `${description} (${code})` })),
  });
}
