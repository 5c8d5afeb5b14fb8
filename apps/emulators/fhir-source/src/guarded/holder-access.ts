import { Inject, Injectable } from '@nestjs/common';
import { recordAccess } from '@samenhang/audit';
import type { AuthorisationInput, DecisionPoint } from '@samenhang/authorisation';
import type { ConsentRegister } from '@samenhang/consent';
import type { DataCategory, Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { EventLog } from '@samenhang/event-log';
import {
  matchesPatient,
  toAuthorisationSubject,
  type PatientBinding,
  type VerifiedIdentity,
} from '@samenhang/identity';
import { toPatientIdentifier, type Bsn } from '@samenhang/patient-identity';
import { statementByStatement } from '@samenhang/persistence';
import { EVENT_LOG } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';

export const DECISION_POINT = Symbol('samenhang.fhir-source.decision-point');
export const CONSENT_REGISTER = Symbol('samenhang.fhir-source.consent-register');
/** Opens what patient a token is for. */
export const PATIENT_BINDING = Symbol('samenhang.fhir-source.patient-binding');
export const CUSTODIAN = Symbol('samenhang.fhir-source.custodian');

export interface Custodian {
  readonly ura: Ura;
  readonly facilityType: string;
}

/** What is asked: by whom, about whom, and which categories the answer could hold. */
export interface AccessQuestion {
  readonly identity: VerifiedIdentity;
  readonly interaction: 'read' | 'search-type';
  /** Undefined when the patient is not known here by a citizen number: no consent can then be asked. */
  readonly patient: Bsn | undefined;
  readonly categories: readonly DataCategory[];
  readonly resourceType: string;
}

/** Decision, consent and audit trail of a data holder, in that order, before any data is given. */
@Injectable()
export class HolderAccess {
  constructor(
    @Inject(DECISION_POINT) private readonly decisions: DecisionPoint,
    @Inject(CONSENT_REGISTER) private readonly consents: ConsentRegister,
    @Inject(CUSTODIAN) private readonly custodian: Custodian,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    private readonly dataSource: DataSource,
    @Inject(PATIENT_BINDING) private readonly binding: () => PatientBinding,
  ) {}

  /**
   * The categories that may be given; the access is on record when this returns.
   * @throws Failure('forbidden') when none may, Failure('unavailable') when consent cannot be asked or the access not
   * be recorded
   */
  async permit(question: AccessQuestion): Promise<ReadonlySet<DataCategory>> {
    const { allowed, reasons } = this.#decide(question);
    const permitted = allowed.length === 0 ? [] : await this.#askConsent(question, allowed, reasons);
    const isPermitted = permitted.length > 0;
    await this.#record(question, isPermitted ? 'success' : 'denied', isPermitted ? [] : [...reasons.keys()]);
    if (isPermitted) return new Set(permitted);
    if (reasons.has('consent_unreachable') || reasons.has('consent_malformed')) {
      throw new Failure('unavailable', 'The consent register cannot be asked now', { retryAfterSeconds: 5 });
    }
    const issues = [...reasons].map(([code, text]) => ({ code: 'forbidden', text: `${code}: ${text}` }));
    throw new Failure('forbidden', undefined, issues.length > 0 ? { issues } : {});
  }

  #decide(question: AccessQuestion): { allowed: DataCategory[]; reasons: Map<string, string> } {
    const reasons = new Map<string, string>();
    const allowed: DataCategory[] = [];
    for (const [category, decision] of this.decisions.decideCategories(
      this.#input(question),
      question.categories,
    )) {
      if (decision.allow) allowed.push(category);
      else for (const { code, description } of decision.reasons) reasons.set(code, description);
    }
    return { allowed, reasons };
  }

  async #askConsent(
    { identity, patient }: AccessQuestion,
    categories: readonly DataCategory[],
    reasons: Map<string, string>,
  ): Promise<DataCategory[]> {
    const { organisation, professional, delegate } = identity;
    if (patient === undefined || organisation?.facilityType === undefined || professional === undefined) {
      reasons.set(
        'consent_not_askable',
        'Patient, organisation and professional must be known to ask for consent',
      );
      return [];
    }
    const requester = { ura: organisation.ura, facilityType: organisation.facilityType };
    const answers = await Promise.all(
      categories.map(async (category) => {
        const purposeOfUse = identity.purposeOfUse ?? '';
        const answer = await this.consents.ask({
          patient,
          holder: this.custodian,
          requester,
          professional,
          ...(delegate === undefined ? {} : { delegate }),
          category,
          purposeOfUse,
        });
        if (!answer.permit)
          reasons.set(
            `consent_${answer.reason.replaceAll('-', '_')}`,
            'The consent register gives no permission',
          );
        return answer.permit ? [category] : [];
      }),
    );
    return answers.flat();
  }

  #input({ identity, interaction, patient }: AccessQuestion): AuthorisationInput {
    const identifier = patient === undefined ? undefined : toPatientIdentifier(patient);
    const patientMatches = matchesPatient(identity.patientBinding, identifier, this.binding);
    return {
      policy: 'holder',
      subject: toAuthorisationSubject(identity),
      request: { interaction },
      context: {
        data_holder_organization_id: this.custodian.ura,
        data_holder_facility_type: this.custodian.facilityType,
        ...(patientMatches === undefined ? {} : { patient_matches: patientMatches }),
      },
    };
  }

  async #record(
    question: AccessQuestion,
    outcome: 'success' | 'denied',
    reasons: readonly string[],
  ): Promise<void> {
    const { identity, interaction, patient, resourceType } = question;
    await recordAccess(this.eventLog, statementByStatement(this.dataSource), {
      activity: interaction === 'read' ? 'read' : 'query',
      outcome,
      who: identity,
      ...(patient === undefined ? {} : { patient: toPatientIdentifier(patient) }),
      custodian: this.custodian.ura,
      detail: { resourceTypes: [resourceType], ...(reasons.length > 0 ? { reasons } : {}) },
      observer: 'fhir-source',
    });
  }
}
