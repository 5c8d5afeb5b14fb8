import { Failure } from '@samenhang/errors';
import { exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';
import * as oauth from 'oauth4webapi';
import type { BoundAccessToken } from './tokens.js';

/** Tokens are renewed this long before they expire. */
const MARGIN_MS = 30_000;
const TIMEOUT_MS = 10_000;

export interface ProofKeyPair {
  readonly pair: { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey };
  readonly publicJwk: JWK;
}

export async function createProofKey(extractable: boolean): Promise<ProofKeyPair> {
  const pair = await generateKeyPair('ES256', { extractable });
  return { pair, publicJwk: await exportJWK(pair.publicKey) };
}

/** The client proves who it is by its key (`private_key_jwt`, RFC 7523). */
export async function authenticationOf(clientKey: JWK): Promise<oauth.ClientAuth> {
  const alg = clientKey.alg ?? (clientKey.kty === 'OKP' ? 'Ed25519' : 'ES256');
  const key = (await importJWK(clientKey, alg)) as CryptoKey;
  return oauth.PrivateKeyJwt(clientKey.kid === undefined ? key : { key, kid: clientKey.kid });
}

export function serverAt(issuer: string): oauth.AuthorizationServer {
  return { issuer, token_endpoint: `${issuer.replace(/\/+$/, '')}/token` };
}

export function requestOptions(issuer: string, client: oauth.Client, { pair }: ProofKeyPair) {
  return {
    DPoP: oauth.DPoP(client, { ...pair }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
    // Plain HTTP only where the issuer itself has no TLS: a development installation on one machine.
    [oauth.allowInsecureRequests]: issuer.startsWith('http://'),
  };
}

export function toBoundToken(
  { access_token: accessToken, expires_in: expiresIn = 0 }: oauth.TokenEndpointResponse,
  { pair, publicJwk }: ProofKeyPair,
): BoundAccessToken {
  return {
    accessToken,
    expiresAt: new Date(Date.now() + expiresIn * 1_000),
    proofKey: { privateKey: pair.privateKey, publicJwk },
  };
}

export function isFresh(token: BoundAccessToken): boolean {
  return token.expiresAt.getTime() - MARGIN_MS > Date.now();
}

export function toTokenFailure(cause: unknown): Failure {
  if (cause instanceof oauth.ResponseBodyError) {
    const why =
      cause.error_description === undefined ? cause.error : `${cause.error}: ${cause.error_description}`;
    return new Failure('forbidden', `The authorisation server refused a token (${why})`, { cause });
  }
  return new Failure('unavailable', 'The authorisation server did not give a usable answer', { cause });
}
