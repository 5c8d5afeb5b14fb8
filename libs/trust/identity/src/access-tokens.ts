import { randomUUID } from 'node:crypto';
import { Failure } from '@samenhang/errors';
import type { Ura } from '@samenhang/data-model';
import type { JWK } from 'jose';
import * as oauth from 'oauth4webapi';
import { request } from 'undici';
import { JwtSigner } from './jwt-signer.js';
import { ProofKey, type BoundToken } from './proof-key.js';
import { TokenCache } from './token-cache.js';
import type { VerifiedIdentity } from './verified-identity.js';

const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const ASSERTION_SECONDS = 60;
const TIMEOUT_MS = 5_000;

export interface AccessTokensOptions {
  /** Issuer URL of the authorisation server. */
  readonly issuer: string;
  readonly clientId: string;
  /** The client's private key (ES256 or EdDSA, with `kid`), or how to read it when the first token is wanted. */
  readonly clientKey: JWK | (() => JWK);
}

export interface ClientCredentialsRequest {
  /** Base URL of the service the token is for. */
  readonly audience: string;
  /** One scope, or several separated by spaces. */
  readonly scope: string;
  /** The care provider on whose behalf. */
  readonly organisation?: Ura;
  /** Dezi statement of the professional behind the request. */
  readonly deziStatement?: string;
  readonly purposeOfUse?: string;
  readonly treatmentRelation?: string;
  /** The mandate of whom the statement is about, to act for another professional (signed by the organisation). */
  readonly delegation?: string;
  /** Why access is needed in an emergency, in words; only with a purpose for emergencies. */
  readonly emergencyReason?: string;
  /** The one patient the token is to be for, as `<system>|<value>`. */
  readonly patientEnrolment?: string;
}

export interface ExchangeRequest {
  /** The caller whose authority is passed on: same organisation, person and purpose, at another audience. */
  readonly subject: VerifiedIdentity;
  readonly audience: string;
  readonly scope: string;
}

/** Access tokens of one client, from the authorisation server, kept until shortly before they expire. */
export class AccessTokens {
  readonly #server: oauth.AuthorizationServer & { readonly token_endpoint: string };
  readonly #client: oauth.Client;
  readonly #clientKey: JWK | (() => JWK);
  readonly #insecure: boolean;
  readonly #cache = new TokenCache();
  #credentials: Promise<{ authentication: oauth.ClientAuth; proofKey: ProofKey }> | undefined;

  constructor(options: AccessTokensOptions) {
    this.#server = { issuer: options.issuer, token_endpoint: `${options.issuer.replace(/\/$/, '')}/token` };
    this.#client = { client_id: options.clientId };
    this.#clientKey = options.clientKey;
    this.#insecure = options.issuer.startsWith('http://');
  }

  async clientCredentials(request: ClientCredentialsRequest): Promise<BoundToken> {
    const parameters = compact({
      resource: request.audience,
      scope: request.scope,
      organization_id: request.organisation,
      dezi_statement: request.deziStatement,
      purpose_of_use: request.purposeOfUse,
      treatment_relation: request.treatmentRelation,
      delegation: request.delegation,
      emergency_reason: request.emergencyReason,
      patient_enrollment_identifier: request.patientEnrolment,
    });
    return this.#cache.get(JSON.stringify(parameters), () => this.#request('client_credentials', parameters));
  }

  async exchange(request: ExchangeRequest): Promise<BoundToken> {
    const parameters = {
      resource: request.audience,
      scope: request.scope,
      subject_token: request.subject.accessToken,
      subject_token_type: ACCESS_TOKEN_TYPE,
    };
    const key = `${request.subject.tokenId} ${request.audience} ${request.scope}`;
    return this.#cache.get(key, () => this.#request(TOKEN_EXCHANGE, parameters));
  }

  async #request(grant: string, parameters: Record<string, string>): Promise<BoundToken> {
    const { authentication, proofKey } = await (this.#credentials ??= this.#loadCredentials());
    const options = {
      headers: { DPoP: await proofKey.prove('POST', this.#server.token_endpoint) },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      [oauth.allowInsecureRequests]: this.#insecure,
      [oauth.customFetch]: postForm,
    };
    try {
      const response = await oauth.genericTokenEndpointRequest(
        this.#server,
        this.#client,
        authentication,
        grant,
        parameters,
        options,
      );
      const answer = await oauth.processGenericTokenEndpointResponse(this.#server, this.#client, response, {
        recognizedTokenTypes: { dpop: () => {} },
      });
      return { accessToken: answer.access_token, expiresAt: expiryOf(answer.expires_in), proofKey };
    } catch (cause) {
      throw toTokenFailure(cause);
    }
  }

  async #loadCredentials(): Promise<{ authentication: oauth.ClientAuth; proofKey: ProofKey }> {
    const jwk = typeof this.#clientKey === 'function' ? this.#clientKey() : this.#clientKey;
    return { authentication: privateKeyJwt(jwk), proofKey: await ProofKey.generate() };
  }
}

/** Authentication by a signed assertion (RFC 7523 section 2.2). */
function privateKeyJwt(jwk: JWK): oauth.ClientAuth {
  const signer = JwtSigner.ofJwk(jwk, jwk.kid === undefined ? {} : { kid: jwk.kid });
  return ({ issuer }, { client_id }, body) => {
    const now = Math.floor(Date.now() / 1000);
    const assertion = signer.sign({
      jti: randomUUID(),
      aud: issuer,
      exp: now + ASSERTION_SECONDS,
      iat: now,
      nbf: now,
      iss: client_id,
      sub: client_id,
    });
    body.set('client_id', client_id);
    body.set('client_assertion_type', ASSERTION_TYPE);
    body.set('client_assertion', assertion);
  };
}

/** What a request for a token needs of `fetch`, which takes more than twice as long. It follows no redirect. */
async function postForm(
  url: string,
  { headers, body, signal }: oauth.CustomFetchOptions<'POST', URLSearchParams>,
): Promise<Response> {
  const answer = await request(url, {
    method: 'POST',
    headers,
    body: body.toString(),
    ...(signal === undefined ? {} : { signal }),
  });
  const told = ['content-type', 'www-authenticate'].flatMap((name): [string, string][] => {
    const value = answer.headers[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  return new Response(await answer.body.text(), { status: answer.statusCode, headers: told });
}

function compact(parameters: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function expiryOf(seconds: number | undefined): Date {
  return new Date(Date.now() + (seconds ?? 0) * 1000);
}

/** A refusal is the caller's lack of rights; anything else means that the authorisation server cannot be used now. */
function toTokenFailure(cause: unknown): Failure {
  if (cause instanceof oauth.ResponseBodyError) {
    return new Failure('forbidden', `The authorisation server refused a token: ${cause.error}`, { cause });
  }
  return new Failure('unavailable', 'The authorisation server did not give a usable answer', { cause });
}
