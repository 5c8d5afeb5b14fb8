import { Failure } from '@samenhang/errors';
import { exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';
import * as oauth from 'oauth4webapi';
import type { BoundAccessToken, TokenSource } from './tokens.js';

/** Tokens are renewed this long before they expire. */
const MARGIN_MS = 30_000;
const TIMEOUT_MS = 10_000;

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
  #proofKey: Promise<{ pair: { privateKey: CryptoKey; publicKey: CryptoKey }; publicJwk: JWK }> | undefined;

  constructor(private readonly options: ProfessionalTokensOptions) {}

  async getToken(audience: string): Promise<BoundAccessToken> {
    const known = this.#tokens.get(audience);
    if (known !== undefined && known.expiresAt.getTime() - MARGIN_MS > Date.now()) return known;
    const token = await this.#request(audience);
    this.#tokens.set(audience, token);
    return token;
  }

  async #request(audience: string): Promise<BoundAccessToken> {
    const { issuer, clientId } = this.options;
    const client: oauth.Client = { client_id: clientId };
    const server: oauth.AuthorizationServer = {
      issuer,
      token_endpoint: `${issuer.replace(/\/+$/, '')}/token`,
    };
    const { pair, publicJwk } = await (this.#proofKey ??= this.#createProofKey());
    const options = {
      DPoP: oauth.DPoP(client, pair),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      // Plain HTTP only where the issuer itself has no TLS: a development installation on one machine.
      [oauth.allowInsecureRequests]: issuer.startsWith('http://'),
    };
    const [authentication, parameters] = await Promise.all([
      this.#authentication(),
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
      const answer = await oauth.processClientCredentialsResponse(server, client, response);
      const expiresAt = new Date(Date.now() + (answer.expires_in ?? 0) * 1_000);
      return {
        accessToken: answer.access_token,
        expiresAt,
        proofKey: { privateKey: pair.privateKey, publicJwk },
      };
    } catch (cause) {
      throw toTokenFailure(cause);
    }
  }

  async #authentication(): Promise<oauth.ClientAuth> {
    const { clientKey } = this.options;
    const alg = clientKey.alg ?? (clientKey.kty === 'OKP' ? 'Ed25519' : 'ES256');
    const key = (await importJWK(clientKey, alg)) as CryptoKey;
    return oauth.PrivateKeyJwt(clientKey.kid === undefined ? key : { key, kid: clientKey.kid });
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

  async #createProofKey(): Promise<{
    pair: { privateKey: CryptoKey; publicKey: CryptoKey };
    publicJwk: JWK;
  }> {
    const pair = await generateKeyPair('ES256', { extractable: this.options.extractableKey ?? false });
    return { pair, publicJwk: await exportJWK(pair.publicKey) };
  }
}

function toTokenFailure(cause: unknown): Failure {
  if (cause instanceof oauth.ResponseBodyError) {
    const why =
      cause.error_description === undefined ? cause.error : `${cause.error}: ${cause.error_description}`;
    return new Failure('forbidden', `The authorisation server refused a token (${why})`, { cause });
  }
  return new Failure('unavailable', 'The authorisation server did not give a usable answer', { cause });
}
