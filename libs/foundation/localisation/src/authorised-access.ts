import type { Ura } from '@samenhang/data-model';

/**
 * How the clients of this library get and use access tokens. Structural, so that the foundation knows no trust
 * library: `AccessTokens` and `authorisedFetch` of `@samenhang/identity` fit.
 */
export interface TokenProvider<Token, Subject> {
  clientCredentials(request: { audience: string; scope: string; organisation?: Ura }): Promise<Token>;
  exchange(request: { subject: Subject; audience: string; scope: string }): Promise<Token>;
}

export interface OutgoingRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly timeoutMs?: number;
}

export type AuthorisedSend<Token> = (
  token: Token,
  url: string,
  request: OutgoingRequest,
) => Promise<Response>;
