import { ProofKey, type BoundToken } from '@samenhang/identity';
import { importJWK, type CryptoKey, type JWK } from 'jose';
import * as oauth from 'oauth4webapi';

export interface TokenAnswer {
  readonly status: number;
  /** OAuth error code of a refusal. */
  readonly error?: string;
  readonly description?: string;
  readonly token?: BoundToken;
}

export interface TokenRequest {
  readonly parameters: Readonly<Record<string, string>>;
  /** Which client asks; `demo` when left out. */
  readonly client?: string;
  readonly grant?: string;
}

/** Asks the authorisation server for tokens, each time anew, and shows what it answers. */
export class TokenDesk {
  constructor(
    private readonly issuer: string,
    private readonly keyOf: (client: string) => JWK,
  ) {}

  async ask({
    parameters,
    client = 'demo',
    grant = 'client_credentials',
  }: TokenRequest): Promise<TokenAnswer> {
    const { kid = '', alg = 'ES256', ...jwk } = this.keyOf(client);
    const key = (await importJWK(jwk, alg)) as CryptoKey;
    const proofKey = await ProofKey.generate();
    const response = await oauth.genericTokenEndpointRequest(
      { issuer: this.issuer, token_endpoint: `${this.issuer}/token` },
      { client_id: client },
      oauth.PrivateKeyJwt({ key, kid }),
      grant,
      { ...parameters },
      { DPoP: oauth.DPoP({}, proofKey.pair), [oauth.allowInsecureRequests]: true },
    );
    return readAnswer(response, proofKey);
  }
}

export async function readAnswer(response: Response, proofKey: ProofKey): Promise<TokenAnswer> {
  const body = (await response.json()) as {
    access_token?: string;
    expires_in?: number;
    error?: string;
    error_description?: string;
  };
  if (body.access_token === undefined)
    return { status: response.status, error: body.error ?? '', description: body.error_description ?? '' };
  const expiresAt = new Date(Date.now() + (body.expires_in ?? 0) * 1_000);
  return { status: response.status, token: { accessToken: body.access_token, expiresAt, proofKey } };
}
