/** Error codes of the `WWW-Authenticate` challenge (RFC 6750 section 3.1, RFC 9449 section 7.1). */
export type AuthenticationErrorCode = 'missing' | 'invalid_token' | 'invalid_dpop_proof';

/** A request whose token or proof cannot be accepted. The text is for the caller: which rule failed, never a value. */
export class AuthenticationError extends Error {
  constructor(
    readonly code: AuthenticationErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'AuthenticationError';
  }

  /** Value of the `WWW-Authenticate` header. */
  get challenge(): string {
    const algorithms = 'algs="ES256 EdDSA"';
    return this.code === 'missing' ? `DPoP ${algorithms}` : `DPoP error="${this.code}", ${algorithms}`;
  }
}
