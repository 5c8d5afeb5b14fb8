import { errors } from 'oidc-provider';
import { StatementError } from '../dezi/dezi-statement.js';
import type { StatementVerifier } from '../dezi/statement-verifier.js';
import type { ClientDirectory } from './client-directory.js';

/** Claims beside those of RFC 9068: on whose behalf, by whom, and to what end. */
export interface DelegationClaims {
  readonly organization_ura?: string;
  readonly organization_facility_type?: string;
  readonly user_id?: string;
  readonly user_role?: string;
  readonly purpose_of_use?: string;
  readonly treatment_relation?: string;
}

/** Names of the request parameters that the claims come from. */
export const delegationParameters = [
  'organization_id',
  'dezi_statement',
  'purpose_of_use',
  'treatment_relation',
] as const;
export type DelegationParameters = Partial<Record<(typeof delegationParameters)[number], string>>;

/** Purposes for which tokens are issued (HL7 v3 PurposeOfUse). */
const PURPOSES: readonly string[] = ['TREAT'];
const TREATMENT_RELATIONS: readonly string[] = ['asserted'];

/** Turns what a client asserts into claims, after checking that it may assert it. */
export class DelegationCheck {
  constructor(
    private readonly clients: ClientDirectory,
    private readonly statements: Pick<StatementVerifier, 'verify'>,
  ) {}

  /** @throws InvalidGrant, InvalidRequest */
  async claimsOf(clientId: string, parameters: DelegationParameters): Promise<DelegationClaims> {
    const organisation = parameters.organization_id;
    if (organisation !== undefined && !this.clients.mayActFor(clientId, organisation)) {
      throw new errors.InvalidGrant('the client may not act for this organization_id');
    }
    const facilityType =
      organisation === undefined ? undefined : this.clients.findFacilityType(clientId, organisation);
    return {
      ...(organisation === undefined ? {} : { organization_ura: organisation }),
      ...(facilityType === undefined ? {} : { organization_facility_type: facilityType }),
      ...(await this.#professionalOf(parameters)),
      ...oneOf('purpose_of_use', PURPOSES, parameters),
      ...oneOf('treatment_relation', TREATMENT_RELATIONS, parameters),
    };
  }

  async #professionalOf({
    organization_id,
    dezi_statement,
  }: DelegationParameters): Promise<DelegationClaims> {
    if (dezi_statement === undefined) return {};
    const statement = await this.#verify(dezi_statement);
    // A role holds at one care provider; it says nothing about the same person elsewhere.
    if (statement.organisation !== organization_id) {
      throw new errors.InvalidGrant('the Dezi statement is for another organisation than organization_id');
    }
    return { user_id: statement.professionalId, user_role: statement.roleCode };
  }

  async #verify(statement: string) {
    try {
      return await this.statements.verify(statement);
    } catch (error) {
      if (error instanceof StatementError) throw new errors.InvalidGrant(error.message);
      throw error;
    }
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
