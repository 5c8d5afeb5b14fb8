import type { AuthorisationInput, Decision, DecisionPoint } from '@samenhang/authorisation';
import { Failure } from '@samenhang/errors';
import type { VerifiedIdentity } from '@samenhang/identity';

/** Whether the caller may ask for a patient view at all; each holder decides again about its own data. */
export function decideView(decisions: Pick<DecisionPoint, 'decide'>, identity: VerifiedIdentity): Decision {
  return decisions.decide({
    policy: 'view',
    subject: subjectOf(identity),
    request: { interaction: 'view' },
    context: {},
  });
}

export function refusal(decision: Decision): Failure {
  return new Failure('forbidden', undefined, {
    issues: decision.reasons.map(({ code, description }) => ({ text: `${description} (${code})` })),
  });
}

function subjectOf(identity: VerifiedIdentity): AuthorisationInput['subject'] {
  const { organisation, professional } = identity;
  return {
    client_id: identity.clientId,
    scope: [...identity.scopes].join(' '),
    ...(organisation === undefined ? {} : { organization_ura: organisation.ura }),
    ...(organisation?.facilityType === undefined
      ? {}
      : { organization_facility_type: organisation.facilityType }),
    ...(professional === undefined ? {} : { user_id: professional.id, user_role: professional.roleCode }),
    ...(identity.purposeOfUse === undefined ? {} : { purpose_of_use: identity.purposeOfUse }),
    ...(identity.treatmentRelation === undefined ? {} : { treatment_relation: identity.treatmentRelation }),
  };
}
