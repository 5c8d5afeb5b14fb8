import { importJWK, SignJWT, decodeJwt, decodeProtectedHeader, type JWK } from 'jose';
import type { Professional } from './people.js';

/** Statements of professionals, as Dezi gives them; and statements that are signed as well but say something else. */
export class DeziDesk {
  constructor(
    private readonly url: string,
    private readonly signingKey: () => JWK,
  ) {}

  async statementOf({ dezi }: Professional): Promise<string> {
    const response = await fetch(`${this.url}/professionals/${dezi}/statement`, { method: 'POST' });
    if (!response.ok) throw new Error(`The Dezi emulator answered ${response.status}`);
    return ((await response.json()) as { verklaring: string }).verklaring;
  }

  /** The statement of a professional with other claims in place of some, signed by Dezi. */
  async statementWith(who: Professional, claims: Readonly<Record<string, unknown>>): Promise<string> {
    const original = await this.statementOf(who);
    const { alg = 'RS256', ...header } = decodeProtectedHeader(original);
    return new SignJWT({ ...decodeJwt(original), ...claims })
      .setProtectedHeader({ alg, ...header })
      .sign(await importJWK(this.signingKey(), alg));
  }

  async revoke(who: Professional): Promise<void> {
    await this.#change(who, 'intrekken');
  }

  async restore(who: Professional): Promise<void> {
    await this.#change(who, 'herstellen');
  }

  async #change(who: Professional, act: string): Promise<void> {
    const { verklaring_id: id } = decodeJwt(await this.statementOf(who)) as { verklaring_id: string };
    const response = await fetch(`${this.url}/status/v1/verklaring/${id}/${act}`, { method: 'POST' });
    if (!response.ok) throw new Error(`The Dezi emulator answered ${response.status}`);
  }
}
