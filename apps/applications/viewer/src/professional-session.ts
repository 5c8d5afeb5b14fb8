import { randomUUID } from 'node:crypto';
import type { TokenSource } from '@samenhang/client';
import type { ForeignFile } from '@samenhang/portal-server';
import type { DemoProfessional, DemoSignIn, Purpose } from './demo-sign-in.js';

/** A professional who signed in. Their tokens stay in this process, and end with the session. */
export class ProfessionalSession {
  readonly #tokens = new Map<string, TokenSource>();
  #opened: { readonly name: string; readonly file: ForeignFile } | undefined;

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

  /** Holds the file that was opened last, for the page to fetch. @returns what it is called, which says nothing of it */
  hold(file: ForeignFile): string {
    const name = randomUUID();
    this.#opened = { name, file };
    return name;
  }

  findHeld(name: string | undefined): ForeignFile | undefined {
    return this.#opened?.name === name ? this.#opened?.file : undefined;
  }
}
