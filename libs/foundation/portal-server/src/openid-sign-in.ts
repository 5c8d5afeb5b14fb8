import { Failure } from '@samenhang/errors';
import { importJWK, type CryptoKey, type JWK } from 'jose';
import * as oauth from 'oauth4webapi';
import type { SignInElsewhere } from './sign-in-elsewhere.js';

/** A portal as a client of the OpenID provider at which an organisation's own people sign in. */
export interface OpenIdOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** Where people come back to; registered at the provider. */
  readonly redirectUri: string;
  /** How the portal shows that it is that client: a key of its own (`private_key_jwt`), or a secret that both know. */
  readonly credential: { readonly key: JWK } | { readonly secret: string };
}

/** What the provider says of who signed in, its signature and its claims checked. */
export type OpenIdClaims = oauth.IDToken;

interface Errand {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

const TIMEOUT_MS = 10_000;

/** Sign-in by OpenID Connect: authorisation code with PKCE (RFC 7636), state and nonce; the ID token is verified and dropped. */
export class OpenIdSignIn {
  readonly #client: oauth.Client;
  #provider: Promise<oauth.AuthorizationServer> | undefined;

  constructor(private readonly options: OpenIdOptions) {
    this.#client = { client_id: options.clientId };
  }

  /** @param toData what of the claims is kept. @throws Failure forbidden when they give no right to be here */
  leadingTo<Data>(toData: (claims: OpenIdClaims) => Data): SignInElsewhere<Data, Errand> {
    return {
      begin: () => this.#begin(),
      finish: async (errand, answer) => toData(await this.#finish(errand, answer)),
    };
  }

  async #begin(): Promise<{ readonly address: string; readonly errand: Errand }> {
    const { authorization_endpoint: endpoint } = await this.#discover();
    if (endpoint === undefined)
      throw new Failure('upstream', 'The OpenID provider names no page to sign in at');
    const errand = {
      state: oauth.generateRandomState(),
      nonce: oauth.generateRandomNonce(),
      verifier: oauth.generateRandomCodeVerifier(),
    };
    const address = new URL(endpoint);
    const parameters = {
      response_type: 'code',
      client_id: this.options.clientId,
      redirect_uri: this.options.redirectUri,
      scope: 'openid profile',
      state: errand.state,
      nonce: errand.nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(errand.verifier),
      code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
    return { address: address.href, errand };
  }

  async #finish({ state, nonce, verifier }: Errand, answer: URLSearchParams): Promise<OpenIdClaims> {
    const provider = await this.#discover();
    try {
      const callback = oauth.validateAuthResponse(provider, this.#client, answer, state);
      const response = await oauth.authorizationCodeGrantRequest(
        provider,
        this.#client,
        await this.#authentication(),
        callback,
        this.options.redirectUri,
        verifier,
        this.#requestOptions(),
      );
      const tokens = await oauth.processAuthorizationCodeResponse(provider, this.#client, response, {
        expectedNonce: nonce,
        requireIdToken: true,
      });
      await oauth.validateApplicationLevelSignature(provider, response, this.#requestOptions());
      const claims = oauth.getValidatedIdTokenClaims(tokens);
      if (claims === undefined) throw new Failure('upstream', 'The OpenID provider gave no ID token');
      return claims;
    } catch (cause) {
      if (cause instanceof Failure) throw cause;
      if (cause instanceof oauth.AuthorizationResponseError)
        throw new Failure('forbidden', 'The OpenID provider did not sign them in', { cause });
      throw new Failure('upstream', 'The answer of the OpenID provider is not accepted', { cause });
    }
  }

  /** Read once; again when it could not be read. */
  #discover(): Promise<oauth.AuthorizationServer> {
    this.#provider ??= this.#readMetadata().catch((cause: unknown) => {
      this.#provider = undefined;
      throw new Failure('unavailable', 'The OpenID provider cannot be reached', { cause });
    });
    return this.#provider;
  }

  async #readMetadata(): Promise<oauth.AuthorizationServer> {
    const issuer = new URL(this.options.issuer);
    return oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, { algorithm: 'oidc', ...this.#requestOptions() }),
    );
  }

  async #authentication(): Promise<oauth.ClientAuth> {
    const { credential } = this.options;
    if ('secret' in credential) return oauth.ClientSecretBasic(credential.secret);
    const { alg = 'ES256', kid } = credential.key;
    const key = (await importJWK(credential.key, alg)) as CryptoKey;
    return oauth.PrivateKeyJwt(kid === undefined ? key : { key, kid });
  }

  #requestOptions() {
    return {
      signal: AbortSignal.timeout(TIMEOUT_MS),
      // Plain HTTP only where the issuer itself has no TLS: a demonstration on one machine.
      [oauth.allowInsecureRequests]: this.options.issuer.startsWith('http://'),
    };
  }
}
