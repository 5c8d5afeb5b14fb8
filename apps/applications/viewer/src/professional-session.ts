import type { TokenSource } from '@samenhang/client';
import type { DemoProfessional, DemoSignIn, Purpose } from './demo-sign-in.js';

/** A professional who signed in. Their tokens stay in this process, and end with the session. */
export class ProfessionalSession {
  readonly #tokens = new Map<string, TokenSource>();

  constructor(
    readonly professional: DemoProfessional,
    private readonly signIn: DemoSignIn,
  ) {}

  /** Tokens for one purpose. An emergency is declared once for a reason, not at each look. */
  tokensFor(asked: Purpose): TokenSource {
    const key = `${asked.purpose} ${asked.reason ?? ''}`;
    const known = this.#tokens.get(key) ?? this.signIn.tokensOf(this.professional, asked);
    this.#tokens.set(key, known);
    return known;
  }
}
