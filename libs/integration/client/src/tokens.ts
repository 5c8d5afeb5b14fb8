import type { CryptoKey, JWK } from 'jose';

/** An access token and the key it is bound to (RFC 9449). */
export interface BoundAccessToken {
  readonly accessToken: string;
  readonly expiresAt: Date;
  /** ES256 key pair; the private key may be non-extractable. */
  readonly proofKey: { readonly privateKey: CryptoKey; readonly publicJwk: JWK };
}

/** Where the client gets its tokens from. Implement it, or use `ProfessionalTokens`. */
export interface TokenSource {
  /**
   * A token whose audience is this base URL and that is valid for a while yet.
   * @param scope for what, where it is asked of a citizen's tokens
   */
  getToken(audience: string, scope?: string): Promise<BoundAccessToken>;
}
