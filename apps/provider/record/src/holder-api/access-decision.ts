import type { AuthorisationInput, Decision } from '@samenhang/authorisation';
import {
  disclosureLimits,
  weighOwnChoices,
  type ConsentAnswer,
  type ConsentChoice,
  type ConsentQuestion,
  type ConsentRegister,
  type DisclosureLimits,
  type WeighedConsent,
} from '@samenhang/consent';
import type { DataCategory } from '@samenhang/data-model';
import { toAuthorisationSubject, type VerifiedIdentity } from '@samenhang/identity';
import { toConsentCategory, type ConsentCategory } from '@samenhang/mitz';
import type { Bsn } from '@samenhang/patient-identity';
import { RememberedDecisions, type VersionedDecisionPoint } from './remembered-decisions.js';
import type { Tenant } from './tenants.js';

/** Which categories a caller may have, and why not the others. */
export interface AccessDecision {
  readonly permitted: readonly DataCategory[];
  /** Codes, for the audit trail; at least one. */
  readonly reasons: readonly string[];
  /** Nothing is permitted because the consent register cannot be asked: asking again later may help. */
  readonly retryable: boolean;
  /** Data is given because of a declared emergency: it is to be reviewed, and the patient to be told. */
  readonly emergency?: true;
  /** Which resources of the permitted categories may not be given. */
  readonly limits?: DisclosureLimits;
}

export interface AccessRequest {
  readonly tenant: Tenant;
  readonly identity: VerifiedIdentity;
  readonly interaction: 'read' | 'search-type';
  readonly categories: readonly DataCategory[];
  /** W3C trace context of the request. */
  readonly traceparent?: string | undefined;
  /** Whether the token may be used for the patient; undefined when it is bound to none, or the patient is not known yet. */
  readonly patientMatches?: boolean | undefined;
}

/** To the consent register an emergency is treatment; what it does to the answer is decided here. */
const TREATMENT = 'TREAT';
/** The patient asks (HL7 v3 PurposeOfUse). */
const PATIENT_REQUEST = 'PATRQT';

/** The data holder's own judgement, before data is looked at: first the policy, then the patient's consent. */
export class AccessJudge {
  readonly #remembered: RememberedDecisions;

  constructor(
    private readonly decisionPoint: VersionedDecisionPoint,
    private readonly consent: ConsentRegister,
  ) {
    this.#remembered = new RememberedDecisions(decisionPoint);
  }

  /** Role × category × purpose × treatment relation. */
  decide(request: AccessRequest): AccessDecision {
    const { categories } = request;
    const decisions = this.#remembered.decideCategories(request.identity, inputOf(request), categories);
    const permitted = categories.filter((category) => decisions.get(category)?.allow === true);
    const denials = [...decisions.values()].filter(({ allow }) => !allow);
    const reasons = (permitted.length > 0 ? [...decisions.values()] : denials).flatMap(
      (decision) => decision.reasons,
    );
    return { permitted, reasons: codes(reasons.map(({ code }) => code)), retryable: false };
  }

  /**
   * The closed question per category, unless it is the patient who asks; the holder asks it, on its own behalf, and weighs
   * the answer with the consents that it keeps itself. Whatever is not a permit is a no.
   */
  async askConsent(
    patient: Bsn | undefined,
    request: AccessRequest,
    ownChoices: () => Promise<readonly ConsentChoice[]>,
  ): Promise<AccessDecision> {
    const { tenant, identity, categories } = request;
    if (isCitizen(identity)) return { permitted: categories, reasons: ['own_data'], retryable: false };
    const question = patient === undefined ? undefined : questionOf(patient, tenant, identity);
    if (question === undefined) return { permitted: [], reasons: ['consent_not_askable'], retryable: false };
    const [choices, answers] = await Promise.all([ownChoices(), this.#askRegister(question, categories)]);
    const now = new Date();
    const weighed = categories.map((category, index) =>
      weighOwnChoices(answers[index] ?? unanswered, choices, { ...question, category }, now),
    );
    const emergencies = weighed.map(({ answer }) => this.#decideEmergency(request, answer));
    const open = new Set(
      categories.filter(
        (_, index) => weighed[index]?.answer.permit === true || emergencies[index]?.allow === true,
      ),
    );
    const limits = disclosureLimits(weighed, (category) => open.has(category));
    const permitted = weighed
      .filter(({ category, opened }) => open.has(category) || opened.length > 0)
      .map(({ category }) => category);
    return {
      permitted,
      reasons: codes([
        ...weighed.flatMap(reasonsOf),
        ...emergencies.flatMap((decision) => decision?.reasons ?? []).map(({ code }) => code),
      ]),
      retryable: permitted.length === 0 && weighed.some(({ answer }) => mayChange(answer)),
      ...(identity.emergency === undefined || permitted.length === 0 ? {} : { emergency: true }),
      ...(limits === undefined ? {} : { limits }),
    };
  }

  /** The register knows fewer categories than there are of data: what is one question to it, is asked once. */
  #askRegister(
    question: Omit<ConsentQuestion, 'category'>,
    categories: readonly DataCategory[],
  ): Promise<ConsentAnswer[]> {
    const asked = new Map<ConsentCategory, Promise<ConsentAnswer>>();
    const answers = categories.map((category) => {
      const kind = toConsentCategory(category);
      const answer = asked.get(kind) ?? this.consent.ask({ ...question, category });
      asked.set(kind, answer);
      return answer;
    });
    return Promise.all(answers);
  }

  /** Whether a declared emergency stands in for the consent that was not given. */
  #decideEmergency(request: AccessRequest, { permit, reason }: ConsentAnswer): Decision | undefined {
    if (permit || request.identity.emergency === undefined) return undefined;
    const input = inputOf(request);
    return this.decisionPoint.decide({
      ...input,
      policy: 'emergency',
      context: { ...input.context, consent: reason },
    });
  }
}

const unanswered: ConsentAnswer = { permit: false, reason: 'unreachable' };

/** What the outcome is, and which part the holder's own consents had in it. */
function reasonsOf({ answer, own, opened, withheld }: WeighedConsent): string[] {
  return [
    `consent_${answer.reason.replaceAll('-', '_')}`,
    ...(own.reason === 'not-applicable' ? [] : [`own_consent_${own.reason}`]),
    ...(opened.length === 0 ? [] : ['own_consent_opens_resources']),
    ...(withheld.length === 0 ? [] : ['own_consent_withholds_resources']),
  ];
}

/** A citizen who asks for their own data; that it is their own, the policy has seen before. */
function isCitizen({ purposeOfUse }: VerifiedIdentity): boolean {
  return purposeOfUse === PATIENT_REQUEST;
}

function inputOf({ tenant, identity, interaction, patientMatches }: AccessRequest): AuthorisationInput {
  return {
    policy: isCitizen(identity) ? 'citizen' : 'holder',
    subject: toAuthorisationSubject(identity),
    request: { interaction },
    context: {
      data_holder_organization_id: tenant.ura,
      data_holder_facility_type: tenant.facilityType,
      ...(patientMatches === undefined ? {} : { patient_matches: patientMatches }),
    },
  };
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
  const { organisation, professional, delegate, purposeOfUse, emergency } = identity;
  if (organisation?.facilityType === undefined || professional === undefined || purposeOfUse === undefined)
    return undefined;
  return {
    patient,
    holder: { ura: tenant.ura, facilityType: tenant.facilityType },
    requester: { ura: organisation.ura, facilityType: organisation.facilityType },
    professional,
    ...(delegate === undefined ? {} : { delegate }),
    purposeOfUse: emergency === undefined ? purposeOfUse : TREATMENT,
  };
}
