import { hash } from 'node:crypto';
import { errors } from 'oidc-provider';
import type { CitizenSessions } from './citizen-sessions.js';

export const citizenGrant = 'authorization_code';
export const citizenParameters = ['code', 'redirect_uri', 'code_verifier'] as const;
export type CitizenParameters = Partial<Record<(typeof citizenParameters)[number] | 'resource', string>>;

/** HL7 v3 PurposeOfUse: the patient asks. */
const PATIENT_REQUEST = 'PATRQT';

/** Exchanges a code for a token that is for the one citizen who gave it, at the one care provider it names. */
export class CitizenGrant {
  constructor(private readonly sessions: Pick<CitizenSessions, 'takeCode'>) {}

  /** @throws InvalidGrant, InvalidRequest, InvalidTarget */
  async claimsFor(
    clientId: string,
    parameters: CitizenParameters,
  ): Promise<Readonly<Record<string, unknown>>> {
    const { code, redirect_uri: redirectUri, code_verifier: verifier, resource } = parameters;
    if (code === undefined || redirectUri === undefined || verifier === undefined)
      throw new errors.InvalidRequest('code, redirect_uri and code_verifier are required');
    // Taken before it is looked at: whatever is wrong with the request, the code is spent.
    const granted = await this.sessions.takeCode(code);
    const request = granted?.request;
    if (
      granted === undefined ||
      request?.clientId !== clientId ||
      request.redirectUri !== redirectUri ||
      request.challenge !== hash('sha256', verifier, 'base64url')
    )
      throw new errors.InvalidGrant('the code is not valid');
    if (!isOfHolder(resource, request.holder))
      throw new errors.InvalidTarget('resource is not the care provider that the citizen gave leave for');
    return { purpose_of_use: PATIENT_REQUEST, patient_binding: granted.patientBinding };
  }
}

/** The holder is a segment of the address that its tokens are for. */
function isOfHolder(resource: string | undefined, holder: string): boolean {
  return (resource === undefined ? null : URL.parse(resource))?.pathname.split('/').includes(holder) === true;
}
