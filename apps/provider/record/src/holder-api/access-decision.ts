import type { AuthorisationInput, DecisionPoint } from '@samenhang/authorisation';
import type { ConsentAnswer, ConsentQuestion, ConsentRegister } from '@samenhang/consent';
import type { DataCategory } from '@samenhang/data-model';
import { toAuthorisationSubject, type VerifiedIdentity } from '@samenhang/identity';
import type { Bsn } from '@samenhang/patient-identity';
import type { Tenant } from './tenants.js';

/** Which categories a caller may have, and why not the others. */
export interface AccessDecision {
  readonly permitted: readonly DataCategory[];
  /** Codes, for the audit trail; at least one. */
  readonly reasons: readonly string[];
  /** Nothing is permitted because the consent register cannot be asked: asking again later may help. */
  readonly retryable: boolean;
}

export interface AccessRequest {
  readonly tenant: Tenant;
  readonly identity: VerifiedIdentity;
  readonly interaction: 'read' | 'search-type';
  readonly categories: readonly DataCategory[];
  /** W3C trace context of the request. */
  readonly traceparent?: string | undefined;
}

/** The data holder's own judgement, before data is looked at: first the policy, then the patient's consent. */
export class AccessJudge {
  constructor(
    private readonly decisionPoint: DecisionPoint,
    private readonly consent: ConsentRegister,
  ) {}

  /** Role × category × purpose × treatment relation. */
  decide({ tenant, identity, interaction, categories }: AccessRequest): AccessDecision {
    const input: AuthorisationInput = {
      policy: 'holder',
      subject: toAuthorisationSubject(identity),
      request: { interaction },
      context: { data_holder_organization_id: tenant.ura, data_holder_facility_type: tenant.facilityType },
    };
    const decisions = this.decisionPoint.decideCategories(input, categories);
    const permitted = categories.filter((category) => decisions.get(category)?.allow === true);
    const denials = [...decisions.values()].filter(({ allow }) => !allow);
    const reasons = (permitted.length > 0 ? [...decisions.values()] : denials).flatMap(
      (decision) => decision.reasons,
    );
    return { permitted, reasons: codes(reasons.map(({ code }) => code)), retryable: false };
  }

  /** The closed question per category; the holder asks it, on its own behalf. Whatever is not a permit is a no. */
  async askConsent(
    patient: Bsn | undefined,
    { tenant, identity, categories }: AccessRequest,
  ): Promise<AccessDecision> {
    const question = patient === undefined ? undefined : questionOf(patient, tenant, identity);
    if (question === undefined) return { permitted: [], reasons: ['consent_not_askable'], retryable: false };
    const answers = await Promise.all(
      categories.map((category) => this.consent.ask({ ...question, category })),
    );
    const permitted = categories.filter((_, index) => answers[index]?.permit === true);
    return {
      permitted,
      reasons: codes(answers.map(({ reason }) => `consent_${reason.replaceAll('-', '_')}`)),
      retryable: permitted.length === 0 && answers.some(mayChange),
    };
  }
}

function mayChange({ permit, reason }: ConsentAnswer): boolean {
  return !permit && (reason === 'unreachable' || reason === 'malformed');
}

function codes(all: readonly string[]): string[] {
  const distinct = [...new Set(all)].sort();
  return distinct.length === 0 ? ['no_category'] : distinct;
}

function questionOf(
  patient: Bsn,
  tenant: Tenant,
  identity: VerifiedIdentity,
): Omit<ConsentQuestion, 'category'> | undefined {
  const { organisation, professional, purposeOfUse } = identity;
  if (organisation?.facilityType === undefined || professional === undefined || purposeOfUse === undefined)
    return undefined;
  return {
    patient,
    holder: { ura: tenant.ura, facilityType: tenant.facilityType },
    requester: { ura: organisation.ura, facilityType: organisation.facilityType },
    professional,
    purposeOfUse,
  };
}
