import type { BoundToken } from './proof-key.js';

const TIMEOUT_MS = 10_000;

export interface AuthorisedRequest extends Omit<RequestInit, 'headers'> {
  readonly headers?: Record<string, string>;
  /** Whole exchange, body included. Ignored when `signal` is given. */
  readonly timeoutMs?: number;
}

/**
 * A request with a DPoP-bound token. Redirects are refused: a proof holds for one URL, and a resource server that
 * sends a caller elsewhere with patient data in the body is not to be followed.
 */
export async function authorisedFetch(
  token: BoundToken,
  url: string | URL,
  request: AuthorisedRequest = {},
): Promise<Response> {
  const { timeoutMs = TIMEOUT_MS, headers, ...rest } = request;
  const proof = await token.proofKey.prove(request.method ?? 'GET', url, token.accessToken);
  return fetch(url, {
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
    ...rest,
    headers: { ...headers, Authorization: `DPoP ${token.accessToken}`, DPoP: proof },
  });
}
