import { errors } from 'oidc-provider';
import type { EmergencyAccess, PatientBinding } from '@samenhang/identity';
import { StatementError, type DeziStatement } from '../dezi/dezi-statement.js';
import type { StatementVerifier } from '../dezi/statement-verifier.js';
import type { StoppedOrganisations } from '../organisations/stopped-organisations.js';
import { WINDING_UP, type ClientDirectory } from './client-directory.js';
import { DelegationError, type DelegationVerifier } from './delegation-credential.js';
import type { EmergencyDeclaration } from './emergency-register.js';

/** Claims beside those of RFC 9068: on whose behalf, by whom, about whom, and to what end. */
export interface DelegationClaims {
  readonly organization_ura?: string;
  readonly organization_facility_type?: string;
  readonly user_id?: string;
  readonly user_role?: string;
  readonly delegate_id?: string;
  readonly delegate_role?: string;
  readonly purpose_of_use?: string;
  readonly treatment_relation?: string;
  readonly emergency_access?: string;
  readonly emergency_until?: number;
  readonly patient_binding?: string;
}

/** The claims that stay what they are when a token is exchanged. */
export const delegationClaims = [
  'organization_ura',
  'organization_facility_type',
  'user_id',
  'user_role',
  'delegate_id',
  'delegate_role',
  'purpose_of_use',
  'treatment_relation',
  'emergency_access',
  'emergency_until',
  'patient_binding',
] as const satisfies readonly (keyof DelegationClaims)[];

/** Names of the request parameters that the claims come from. */
export const delegationParameters = [
  'organization_id',
  'dezi_statement',
  'delegation',
  'purpose_of_use',
  'treatment_relation',
  'emergency_reason',
  'patient_enrollment_identifier',
] as const;
export type DelegationParameters = Partial<Record<(typeof delegationParameters)[number], string>>;

/** Purposes for which tokens are issued (HL7 v3 PurposeOfUse). */
const EMERGENCIES: readonly string[] = ['ETREAT', 'BTG'];
const PURPOSES: readonly string[] = ['TREAT', ...EMERGENCIES];
const TREATMENT_RELATIONS: readonly string[] = ['asserted'];
/** Long enough to say something, short enough to be a reason and no report. */
const REASON_LENGTH = { minimum: 10, maximum: 500 };
/** `<system>|<value>`: what the value is, is read by those who hold patient data. */
const PATIENT_IDENTIFIER = /^[a-z][a-z\d+.-]*:[^\s|]{1,200}\|[^\s|]{1,64}$/i;

export interface DelegationCheckParts {
  readonly clients: ClientDirectory;
  readonly stopped: Pick<StoppedOrganisations, 'isStopped'>;
  readonly statements: Pick<StatementVerifier, 'verify'>;
  readonly delegations: Pick<DelegationVerifier, 'verify'>;
  readonly emergencies: { declare(declaration: EmergencyDeclaration): Promise<EmergencyAccess> };
  /** Asked for only when a token is to be bound to a patient. */
  readonly patientBinding: () => Pick<PatientBinding, 'seal'>;
}

/** Turns what a client asserts into claims, after checking that it may assert it. */
export class DelegationCheck {
  constructor(private readonly parts: DelegationCheckParts) {}

  /** @throws InvalidGrant, InvalidRequest */
  async claimsOf(
    clientId: string,
    parameters: DelegationParameters & { readonly scope?: string },
  ): Promise<DelegationClaims> {
    await this.#checkGoesOn(clientId, parameters);
    const claims: DelegationClaims = {
      ...this.#organisationOf(clientId, parameters.organization_id),
      ...(await this.#professionalOf(parameters)),
      ...oneOf('purpose_of_use', PURPOSES, parameters),
      ...oneOf('treatment_relation', TREATMENT_RELATIONS, parameters),
      ...this.#patientOf(parameters.patient_enrollment_identifier),
    };
    // Last: a declaration is recorded only when everything else was found in order.
    return { ...claims, ...(await this.#emergencyOf(clientId, claims, parameters.emergency_reason)) };
  }

  /** Nobody acts for a care provider that stopped, except who has a mandate to wind it up. */
  async #checkGoesOn(
    clientId: string,
    { organization_id: organisation, scope = '' }: DelegationParameters & { readonly scope?: string },
  ): Promise<void> {
    const isStopped = organisation !== undefined && (await this.parts.stopped.isStopped(organisation));
    if (isStopped && !this.parts.clients.mayWindUp(clientId))
      throw new errors.InvalidGrant('the organisation stopped');
    if (!isStopped && scope.split(' ').includes(WINDING_UP))
      throw new errors.InvalidGrant('the scope is for organisations that stopped');
  }

  #organisationOf(clientId: string, organisation: string | undefined): DelegationClaims {
    if (organisation === undefined) return {};
    const { clients } = this.parts;
    if (!clients.mayActFor(clientId, organisation))
      throw new errors.InvalidGrant('the client may not act for this organization_id');
    const facilityType = clients.findFacilityType(clientId, organisation);
    return {
      organization_ura: organisation,
      ...(facilityType === undefined ? {} : { organization_facility_type: facilityType }),
    };
  }

  async #professionalOf(parameters: DelegationParameters): Promise<DelegationClaims> {
    const { organization_id: organisation, dezi_statement, delegation } = parameters;
    if (dezi_statement === undefined) {
      if (delegation === undefined) return {};
      throw new errors.InvalidRequest('a delegation needs the dezi_statement of who acts by it');
    }
    const statement = await this.#verify(dezi_statement);
    // A role holds at one care provider; it says nothing about the same person elsewhere.
    if (organisation === undefined || statement.organisation !== organisation) {
      throw new errors.InvalidGrant('the Dezi statement is for another organisation than organization_id');
    }
    if (delegation === undefined) return { user_id: statement.professionalId, user_role: statement.roleCode };
    return this.#delegationOf(delegation, organisation, statement);
  }

  /** The professional who gave the mandate is responsible; who acts by it is named beside. */
  async #delegationOf(
    credential: string,
    organisation: string,
    statement: DeziStatement,
  ): Promise<DelegationClaims> {
    const { delegateId, professionalId, roleCode } = await this.#accept(() =>
      this.parts.delegations.verify(credential, organisation),
    );
    if (delegateId !== statement.professionalId)
      throw new errors.InvalidGrant('the delegation is for another person than the Dezi statement');
    return {
      user_id: professionalId,
      user_role: roleCode,
      delegate_id: delegateId,
      delegate_role: statement.roleCode,
    };
  }

  #verify(statement: string): Promise<DeziStatement> {
    return this.#accept(() => this.parts.statements.verify(statement));
  }

  async #accept<T>(verify: () => Promise<T>): Promise<T> {
    try {
      return await verify();
    } catch (error) {
      if (error instanceof StatementError || error instanceof DelegationError)
        throw new errors.InvalidGrant(error.message);
      throw error;
    }
  }

  #patientOf(identifier: string | undefined): DelegationClaims {
    if (identifier === undefined) return {};
    if (!PATIENT_IDENTIFIER.test(identifier))
      throw new errors.InvalidRequest('patient_enrollment_identifier must be <system>|<value>');
    return { patient_binding: this.parts.patientBinding().seal(identifier) };
  }

  async #emergencyOf(
    clientId: string,
    claims: DelegationClaims,
    reason: string | undefined,
  ): Promise<DelegationClaims> {
    // Without a reason the token says so, and policy refuses it everywhere.
    if (reason === undefined || reason.trim() === '') return {};
    const { organization_ura, organization_facility_type, user_id, user_role, purpose_of_use } = claims;
    if (purpose_of_use === undefined || !EMERGENCIES.includes(purpose_of_use))
      throw new errors.InvalidRequest('emergency_reason needs a purpose_of_use for emergencies');
    if (organization_ura === undefined || user_id === undefined || user_role === undefined)
      throw new errors.InvalidRequest('emergency_reason needs organization_id and dezi_statement');
    const length = reason.trim().length;
    if (length < REASON_LENGTH.minimum || length > REASON_LENGTH.maximum)
      throw new errors.InvalidRequest('emergency_reason must have 10 to 500 characters');
    const { id, until } = await this.parts.emergencies.declare({
      clientId,
      organisation: organization_ura,
      facilityType: organization_facility_type,
      professional: { id: user_id, roleCode: user_role },
      purposeOfUse: purpose_of_use,
      reason: reason.trim(),
    });
    return { emergency_access: id, emergency_until: until };
  }
}

function oneOf(
  name: 'purpose_of_use' | 'treatment_relation',
  accepted: readonly string[],
  parameters: DelegationParameters,
): DelegationClaims {
  const value = parameters[name];
  if (value === undefined) return {};
  if (!accepted.includes(value))
    throw new errors.InvalidRequest(`${name} is not one of ${accepted.join(', ')}`);
  return { [name]: value };
}
