import { createHmac } from 'node:crypto';

const LONGEST = 6;

/**
 * Numbers for keys, since the CDM has numbers: they follow from the project's secret, so that a refresh gives the same ones and
 * nobody gets from them to the keys of another project. No two keys have the same.
 */
export class RowNumbers {
  readonly #taken = new Map<number, string>();
  readonly #numbers = new Map<string, number>();

  constructor(
    private readonly table: string,
    private readonly secret: string,
  ) {}

  of(key: string): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    for (let attempt = 0; ; attempt += 1) {
      const number = this.#draw(key, attempt);
      if (number === 0 || this.#taken.has(number)) continue;
      this.#taken.set(number, key);
      this.#numbers.set(key, number);
      return number;
    }
  }

  #draw(key: string, attempt: number): number {
    return createHmac('sha256', Buffer.from(this.secret, 'base64url'))
      .update(`${this.table} ${attempt} ${key}`)
      .digest()
      .readUIntBE(0, LONGEST);
  }
}
