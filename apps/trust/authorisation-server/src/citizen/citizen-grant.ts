import { hash } from 'node:crypto';
import { errors } from 'oidc-provider';
import type { CitizenRequest } from './citizen-request.js';
import { isSmartScope } from '../tokens/smart-scope.js';
import { isOfAny } from './holder-address.js';
import type { CitizenSessions, Visit } from './citizen-sessions.js';

export const citizenGrant = 'authorization_code';
export const citizenParameters = ['code', 'redirect_uri', 'code_verifier'] as const;
/** A further token in the same visit, for another care provider or another use. */
export const visitGrant = 'refresh_token';
export const visitParameters = ['refresh_token'] as const;

export type CitizenParameters = Partial<
  Record<(typeof citizenParameters)[number] | (typeof visitParameters)[number] | 'resource' | 'scope', string>
>;

export interface CitizenClaims {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly visit: Visit;
}

/** HL7 v3 PurposeOfUse: the patient asks. */
const PATIENT_REQUEST = 'PATRQT';
/** A citizen's own choices lie with no care provider. */
const OWN_CHOICES = 'consent:own';
/** The view collects from every care provider of the leave; SMART scopes beside it narrow it. */
const VIEW = 'view:read';

/** Tokens that are for one citizen, at the care providers that they gave leave for. */
export class CitizenGrant {
  constructor(private readonly sessions: Pick<CitizenSessions, 'takeCode' | 'takeVisit' | 'keepVisit'>) {}

  /** @throws InvalidGrant, InvalidRequest, InvalidTarget */
  async redeemCode(clientId: string, parameters: CitizenParameters): Promise<CitizenClaims> {
    const { code, redirect_uri: redirectUri, code_verifier: verifier } = parameters;
    if (code === undefined || redirectUri === undefined || verifier === undefined)
      throw new errors.InvalidRequest('code, redirect_uri and code_verifier are required');
    // Taken before it is looked at: whatever is wrong with the request, the code is spent.
    const visit = await this.sessions.takeCode(code);
    const request = visit?.request;
    if (
      visit === undefined ||
      request?.clientId !== clientId ||
      request.redirectUri !== redirectUri ||
      request.challenge !== hash('sha256', verifier, 'base64url')
    )
      throw new errors.InvalidGrant('the code is not valid');
    return claimsOf(visit, parameters);
  }

  /** @throws InvalidGrant, InvalidRequest, InvalidTarget */
  async goOn(clientId: string, parameters: CitizenParameters): Promise<CitizenClaims> {
    const { refresh_token: refreshToken } = parameters;
    if (refreshToken === undefined) throw new errors.InvalidRequest('refresh_token is required');
    const visit = await this.sessions.takeVisit(refreshToken);
    if (visit?.request.clientId !== clientId) throw new errors.InvalidGrant('the refresh_token is not valid');
    return claimsOf(visit, parameters);
  }

  /** @returns the refresh token for the next time */
  keep(visit: Visit): Promise<string> {
    return this.sessions.keepVisit(visit);
  }
}

function claimsOf(visit: Visit, parameters: CitizenParameters): CitizenClaims {
  if (!isGranted(visit.request, parameters))
    throw new errors.InvalidTarget('resource is not a care provider that the citizen gave leave for');
  const claims = { purpose_of_use: PATIENT_REQUEST, patient_binding: visit.patientBinding };
  return {
    visit,
    claims: isOfView(parameters) ? { ...claims, data_holders: visit.request.holders } : claims,
  };
}

function isGranted({ holders }: CitizenRequest, parameters: CitizenParameters): boolean {
  const { resource, scope } = parameters;
  return scope === OWN_CHOICES || isOfView(parameters) || isOfAny(resource, holders);
}

/** The view asks several care providers: the token names those of the leave, and is exchanged for theirs only. */
function isOfView({ scope = '' }: CitizenParameters): boolean {
  const scopes = scope.split(' ');
  return scopes.includes(VIEW) && scopes.every((one) => one === VIEW || isSmartScope(one));
}
