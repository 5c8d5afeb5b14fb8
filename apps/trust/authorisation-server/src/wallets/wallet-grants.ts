import { errors } from 'oidc-provider';
import type { ClientDirectory } from '../tokens/client-directory.js';
import type { DelegationCheck, DelegationClaims, DelegationParameters } from '../tokens/token-claims.js';
import { careProviderDefinition, matchPresentation } from './presentation-definition.js';
import { PresentationError } from './presentation-error.js';
import type {
  PresentationVerifier,
  VerifiedCredential,
  VerifiedPresentation,
} from './presentation-verifier.js';

/** Nuts RFC021: one presentation is both who asks and for whom. */
export const presentationGrant = 'vp_token-bearer';
/** RFC 7523 as the national specification has it: the presentation of the care provider, and that of its vendor. */
export const assertionGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

export const presentationParameters = ['assertion', 'presentation_submission'] as const;
/** The vendor's own, which the request calls `client_assertion`. */
export const assertionParameters = ['assertion', 'vendor_assertion'] as const;

export type WalletParameters = DelegationParameters &
  Partial<
    Record<(typeof presentationParameters)[number] | (typeof assertionParameters)[number] | 'scope', string>
  >;

/** RFC021 section 3.1: created and gone within five seconds. */
const PRESENTATION_SECONDS = 5;
/** The rule for assertions at the token endpoint. */
const ASSERTION_SECONDS = 60;

export interface WalletGrantsParts {
  readonly clients: ClientDirectory;
  readonly presentations: Pick<PresentationVerifier, 'verify'>;
  readonly delegation: Pick<DelegationCheck, 'claimsOf'>;
  /** DIDs that state of which type a care provider is. */
  readonly roleTypeIssuers: readonly string[];
}

/** Care providers that prove with a wallet who they are: other ways in, to the same claims. */
export class WalletGrants {
  constructor(private readonly parts: WalletGrantsParts) {}

  /** @throws InvalidGrant, InvalidRequest */
  claimsForPresentation(clientId: string, parameters: WalletParameters): Promise<DelegationClaims> {
    const { assertion, presentation_submission: submission } = parameters;
    if (assertion === undefined || submission === undefined)
      throw new errors.InvalidRequest('assertion and presentation_submission are required');
    return this.#accept(async () => {
      const presentation = await this.parts.presentations.verify(assertion, PRESENTATION_SECONDS);
      this.#assertClient(clientId, presentation);
      return this.#claimsOf(clientId, parameters, presentation, submission);
    });
  }

  /** @throws InvalidGrant, InvalidClientAuth, InvalidRequest */
  claimsForAssertions(clientId: string, parameters: WalletParameters): Promise<DelegationClaims> {
    const { assertion, vendor_assertion: vendorAssertion } = parameters;
    if (assertion === undefined || vendorAssertion === undefined)
      throw new errors.InvalidRequest('assertion and client_assertion are required');
    return this.#accept(async () => {
      const { presentations } = this.parts;
      this.#assertClient(clientId, await presentations.verify(vendorAssertion, ASSERTION_SECONDS));
      const presentation = await presentations.verify(assertion, ASSERTION_SECONDS);
      return this.#claimsOf(clientId, parameters, presentation, undefined);
    });
  }

  /** The library took the client's word for who it is; this is its proof. */
  #assertClient(clientId: string, { holder }: VerifiedPresentation): void {
    if (this.parts.clients.find(clientId)?.did !== holder)
      throw new PresentationError('it is not of the wallet of the client');
  }

  async #claimsOf(
    clientId: string,
    parameters: WalletParameters,
    presentation: VerifiedPresentation,
    submission: string | undefined,
  ): Promise<DelegationClaims> {
    const matched = matchPresentation(careProviderDefinition, presentation, submission);
    const [server] = [...matched.values()];
    const ura = server === undefined ? undefined : uraOf(server);
    if (ura === undefined) throw new PresentationError('its certificate names no care provider');
    if (parameters.organization_id !== undefined && parameters.organization_id !== ura)
      throw new PresentationError('it is of another care provider than organization_id');
    const claims = await this.parts.delegation.claimsOf(clientId, { ...parameters, organization_id: ura });
    const facilityType = this.#facilityTypeIn(presentation);
    return facilityType === undefined ? claims : { ...claims, organization_facility_type: facilityType };
  }

  #facilityTypeIn({ credentials }: VerifiedPresentation): string | undefined {
    const credential = credentials.find(
      ({ types, issuer }) =>
        types.includes('HealthcareProviderRoleTypeCredential') && this.parts.roleTypeIssuers.includes(issuer),
    );
    const code = credential?.subject['roleCodeNL'];
    return typeof code === 'string' && /^[A-Z]\d$/.test(code) ? code : undefined;
  }

  async #accept<T>(verify: () => Promise<T>): Promise<T> {
    try {
      return await verify();
    } catch (error) {
      if (error instanceof PresentationError) throw new errors.InvalidGrant(error.message);
      throw error;
    }
  }
}

/** What an X509Credential says must all be in the DID of its issuer, which its certificate bears out. */
function uraOf({ subject, signer }: VerifiedCredential): string | undefined {
  if (signer === undefined) return undefined;
  const { id: _id, ...statements } = subject;
  for (const [kind, names] of Object.entries(statements))
    for (const [name, value] of Object.entries(names ?? {}))
      if (!signer.statements.has(`${kind}.${name}=${String(value)}`))
        throw new PresentationError('a credential says more than the DID of its issuer');
  return signer.ura;
}
