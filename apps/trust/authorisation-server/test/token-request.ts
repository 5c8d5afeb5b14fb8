import { randomUUID } from 'node:crypto';
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTPayload,
} from 'jose';

export interface TokenAnswer {
  readonly status: number;
  readonly body: {
    access_token?: string;
    token_type?: string;
    refresh_token?: string;
    expires_in?: number;
    error?: string;
    error_description?: string;
  };
}

export interface RequestParts {
  readonly parameters: Record<string, string>;
  readonly assertion: string;
  readonly proof: string | undefined;
}

/** Raw token requests, so that each part can be forged, left out or used twice. */
export class RawClient {
  private constructor(
    private readonly issuer: string,
    readonly clientId: string,
    private readonly clientKey: JWK,
    private readonly proofKey: { privateKey: CryptoKey; jwk: JWK },
  ) {}

  static async create(issuer: string, clientId: string, clientKey: JWK): Promise<RawClient> {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    return new RawClient(issuer, clientId, clientKey, { privateKey, jwk: await exportJWK(publicKey) });
  }

  thumbprint(): Promise<string> {
    return calculateJwkThumbprint(this.proofKey.jwk);
  }

  async assertion(claims: JWTPayload = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const payload = {
      iss: this.clientId,
      sub: this.clientId,
      aud: this.issuer,
      jti: randomUUID(),
      iat: now,
      exp: now + 60,
      ...claims,
    };
    return new SignJWT(payload)
      .setProtectedHeader({ alg: 'ES256', kid: this.clientKey.kid ?? '' })
      .sign(await importJWK(this.clientKey, 'ES256'));
  }

  async proof(claims: JWTPayload = {}): Promise<string> {
    const payload = {
      jti: randomUUID(),
      htm: 'POST',
      htu: `${this.issuer}/token`,
      iat: Math.floor(Date.now() / 1000),
      ...claims,
    };
    return new SignJWT(payload)
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: this.proofKey.jwk })
      .sign(this.proofKey.privateKey);
  }

  async parts(parameters: Record<string, string>): Promise<RequestParts> {
    return { parameters, assertion: await this.assertion(), proof: await this.proof() };
  }

  async request(
    parameters: Record<string, string>,
    changes: Partial<RequestParts> = {},
  ): Promise<TokenAnswer> {
    return this.send({ ...(await this.parts(parameters)), ...changes });
  }

  /** A request to another endpoint, as the client that it is. */
  async post(
    endpoint: string,
    parameters: Record<string, string>,
    assertion?: string,
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(`${this.issuer}/${endpoint}`, {
      method: 'POST',
      body: new URLSearchParams({
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion ?? (await this.assertion()),
        ...parameters,
      }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  async send({ parameters, assertion, proof }: RequestParts): Promise<TokenAnswer> {
    const response = await fetch(`${this.issuer}/token`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...(proof === undefined ? {} : { DPoP: proof }),
      },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
        ...parameters,
      }).toString(),
    });
    return { status: response.status, body: (await response.json()) as TokenAnswer['body'] };
  }
}
