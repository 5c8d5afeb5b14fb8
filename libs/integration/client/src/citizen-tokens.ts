import { Failure } from '@samenhang/errors';
import type { JWK } from 'jose';
import * as oauth from 'oauth4webapi';
import {
  authenticationOf,
  isFresh,
  requestOptions,
  serverAt,
  toBoundToken,
  toTokenFailure,
  type ProofKeyPair,
} from './token-requests.js';
import type { BoundAccessToken, TokenSource } from './tokens.js';

export interface CitizenTokensOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientKey: JWK;
  readonly key: ProofKeyPair;
  readonly refreshToken: string;
}

/** Tokens of one visit of a citizen; they end with it. Each refresh token is for one use, so one is asked after the other. */
export class CitizenTokens implements TokenSource {
  readonly #tokens = new Map<string, BoundAccessToken>();
  #refreshToken: string | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: CitizenTokensOptions) {
    this.#refreshToken = options.refreshToken;
  }

  /** @throws Failure('unauthenticated') when the visit has ended */
  getToken(audience: string, scope = 'holder:read'): Promise<BoundAccessToken> {
    const next = this.#last.then(() => this.#findOrRequest(audience, scope));
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #findOrRequest(audience: string, scope: string): Promise<BoundAccessToken> {
    const name = `${audience} ${scope}`;
    const known = this.#tokens.get(name);
    if (known !== undefined && isFresh(known)) return known;
    const token = await this.#request(audience, scope);
    this.#tokens.set(name, token);
    return token;
  }

  async #request(resource: string, scope: string): Promise<BoundAccessToken> {
    if (this.#refreshToken === undefined) throw ended();
    const { issuer, clientId, clientKey, key } = this.options;
    const client: oauth.Client = { client_id: clientId };
    const server = serverAt(issuer);
    try {
      const response = await oauth.refreshTokenGrantRequest(
        server,
        client,
        await authenticationOf(clientKey),
        this.#refreshToken,
        { ...requestOptions(issuer, client, key), additionalParameters: { resource, scope } },
      );
      const answer = await oauth.processRefreshTokenResponse(server, client, response);
      this.#refreshToken = answer.refresh_token;
      return toBoundToken(answer, key);
    } catch (cause) {
      // An answer of the server means that the refresh token was used, whatever else it says.
      if (cause instanceof oauth.ResponseBodyError) this.#refreshToken = undefined;
      if (cause instanceof oauth.ResponseBodyError && cause.error === 'invalid_grant') throw ended(cause);
      throw toTokenFailure(cause);
    }
  }
}

function ended(cause?: unknown): Failure {
  return new Failure('unauthenticated', 'The visit of the citizen has ended', { cause });
}
