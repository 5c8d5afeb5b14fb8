import { Failure } from '@samenhang/errors';
import type { JWK } from 'jose';
import * as oauth from 'oauth4webapi';
import { CitizenTokens } from './citizen-tokens.js';
import {
  authenticationOf,
  createProofKey,
  requestOptions,
  serverAt,
  toTokenFailure,
} from './token-requests.js';

export interface CitizenLoginOptions {
  /** Issuer URL of the authorisation server. */
  readonly issuer: string;
  readonly clientId: string;
  /** The application's private key (ES256 or EdDSA, with `kid`). */
  readonly clientKey: JWK;
  /** Where citizens come back to; registered for the client. */
  readonly redirectUri: string;
  /** Base URL of the consent register, for which the first token is. */
  readonly consentRegisterUrl: string;
  /** MedMij service that the leave is for. */
  readonly service: string;
}

/** What an application keeps until the citizen is back, at the browser's session. */
export interface CitizenErrand {
  readonly state: string;
  readonly verifier: string;
}

/** A citizen signs in and gives leave for one visit: authorisation code with PKCE (RFC 7636). */
export class CitizenLogin {
  constructor(private readonly options: CitizenLoginOptions) {}

  /** @param custodians URAs of the care providers whose data is to be seen */
  async begin(
    custodians: readonly string[],
  ): Promise<{ readonly address: string; readonly errand: CitizenErrand }> {
    const { issuer, clientId, redirectUri, service } = this.options;
    const errand = { state: oauth.generateRandomState(), verifier: oauth.generateRandomCodeVerifier() };
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      scope: custodians.map((ura) => `${ura}~${service}`).join(' '),
      state: errand.state,
      code_challenge: await oauth.calculatePKCECodeChallenge(errand.verifier),
      code_challenge_method: 'S256',
    });
    return { address: `${issuer.replace(/\/+$/, '')}/citizen/authorize?${query.toString()}`, errand };
  }

  /**
   * @param answer the parameters with which the citizen came back
   * @throws Failure('forbidden') when they gave no leave
   */
  async finish({ state, verifier }: CitizenErrand, answer: URLSearchParams): Promise<CitizenTokens> {
    const { issuer, clientId, clientKey, redirectUri, consentRegisterUrl } = this.options;
    const client: oauth.Client = { client_id: clientId };
    const server = serverAt(issuer);
    const key = await createProofKey(false);
    try {
      const callback = oauth.validateAuthResponse(server, client, answer, state);
      const response = await oauth.authorizationCodeGrantRequest(
        server,
        client,
        await authenticationOf(clientKey),
        callback,
        redirectUri,
        verifier,
        {
          ...requestOptions(issuer, client, key),
          additionalParameters: { resource: consentRegisterUrl, scope: 'consent:own' },
        },
      );
      const { refresh_token: refreshToken } = await oauth.processAuthorizationCodeResponse(
        server,
        client,
        response,
      );
      if (refreshToken === undefined)
        throw new Failure('upstream', 'The authorisation server gave no refresh token');
      return new CitizenTokens({ issuer, clientId, clientKey, key, refreshToken });
    } catch (cause) {
      if (cause instanceof Failure) throw cause;
      if (cause instanceof oauth.AuthorizationResponseError)
        throw new Failure('forbidden', 'The citizen gave no leave', { cause });
      throw toTokenFailure(cause);
    }
  }
}
