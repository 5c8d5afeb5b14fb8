import type { AuthorisationInput, DecisionPoint, PolicyName } from './authorisation-input.js';
import { PolicyError } from './compiled-policies.js';

export const policyNames = [
  'citizen',
  'emergency',
  'holder',
  'joint',
  'localise',
  'registration',
  'secondary',
  'transfer',
  'view',
] as const satisfies readonly PolicyName[];

/** A question that no matrix may answer with yes. */
const stranger = (policy: PolicyName): AuthorisationInput => ({
  policy,
  subject: {
    client_id: 'stranger',
    scope: 'holder:read view:read nvi:localize nvi:create nvi:delete transfer:exchange secondary:run',
    user_id: '000000000',
    user_role: '00.000',
    purpose_of_use: 'NONE',
    treatment_relation: 'none',
  },
  request: { interaction: 'read' },
  context: { data_category: 'Patient' },
});

/**
 * What any set of policies must show before it decides on anything: every policy answers, and refuses whom no policy may
 * admit. It does not show that the policies are right, only that they are policies.
 * @throws PolicyError
 */
export function proveUsable(point: DecisionPoint): void {
  for (const policy of policyNames) {
    const { allow, reasons } = point.decide(stranger(policy));
    if (allow) throw new PolicyError(`${policy} admits a stranger`);
    if (reasons.some(({ code }) => code === 'internal_error'))
      throw new PolicyError(`${policy} gives no decision`);
  }
}
