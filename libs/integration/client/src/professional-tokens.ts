import type { JWK } from 'jose';
import * as oauth from 'oauth4webapi';
import {
  authenticationOf,
  createProofKey,
  isFresh,
  requestOptions,
  serverAt,
  toBoundToken,
  toTokenFailure,
  type ProofKeyPair,
} from './token-requests.js';
import type { BoundAccessToken, TokenSource } from './tokens.js';

export interface ProfessionalTokensOptions {
  /** Issuer URL of the authorisation server. */
  readonly issuer: string;
  readonly clientId: string;
  /** The application's private key (ES256 or EdDSA, with `kid`). */
  readonly clientKey: JWK;
  /** URA of the care provider on whose behalf. */
  readonly organisation: string;
  /** Obtains the Dezi statement of the professional who is signed in; left out for acts of the organisation itself. */
  readonly deziStatement?: () => Promise<string>;
  readonly purposeOfUse?: string;
  readonly treatmentRelation?: string;
  /** Why, in an emergency (purpose `ETREAT` or `BTG`): 10 to 500 characters, recorded and reviewed. */
  readonly emergencyReason?: string;
  /** Space separated; `view:read` when left out. */
  readonly scope?: string;
  /** Whether the proof key can be exported, for handing token and key to another program. */
  readonly extractableKey?: boolean;
}

/**
 * Tokens by client credentials with `private_key_jwt` (RFC 7523), bound to a proof key of this process (DPoP), on behalf of
 * one care provider and one professional.
 */
export class ProfessionalTokens implements TokenSource {
  readonly #tokens = new Map<string, BoundAccessToken>();
  #proofKey: Promise<ProofKeyPair> | undefined;

  constructor(private readonly options: ProfessionalTokensOptions) {}

  async getToken(audience: string): Promise<BoundAccessToken> {
    const known = this.#tokens.get(audience);
    if (known !== undefined && isFresh(known)) return known;
    const token = await this.#request(audience);
    this.#tokens.set(audience, token);
    return token;
  }

  async #request(audience: string): Promise<BoundAccessToken> {
    const { issuer, clientId, clientKey, extractableKey = false } = this.options;
    const client: oauth.Client = { client_id: clientId };
    const server = serverAt(issuer);
    const key = await (this.#proofKey ??= createProofKey(extractableKey));
    const options = requestOptions(issuer, client, key);
    const [authentication, parameters] = await Promise.all([
      authenticationOf(clientKey),
      this.#parameters(audience),
    ]);
    try {
      const response = await oauth.clientCredentialsGrantRequest(
        server,
        client,
        authentication,
        parameters,
        options,
      );
      return toBoundToken(await oauth.processClientCredentialsResponse(server, client, response), key);
    } catch (cause) {
      throw toTokenFailure(cause);
    }
  }

  async #parameters(audience: string): Promise<Record<string, string>> {
    const {
      organisation,
      scope = 'view:read',
      deziStatement,
      purposeOfUse,
      treatmentRelation,
      emergencyReason,
    } = this.options;
    return {
      resource: audience,
      scope,
      organization_id: organisation,
      ...(deziStatement === undefined ? {} : { dezi_statement: await deziStatement() }),
      ...(purposeOfUse === undefined ? {} : { purpose_of_use: purposeOfUse }),
      ...(treatmentRelation === undefined ? {} : { treatment_relation: treatmentRelation }),
      ...(emergencyReason === undefined ? {} : { emergency_reason: emergencyReason }),
    };
  }
}
