import type { QueryConfig } from 'pg';

/** Rarely used texts are not worth a place in the memory of every connection. */
const USES_BEFORE_PREPARING = 5;
/** Texts that are put together by need have many forms; those that come first and often are prepared. */
const CAPACITY = 200;
const COUNTED = 2_000;

/**
 * Which statements the server keeps prepared: a text that is used again and again is parsed and planned once for each
 * connection instead of each time, which costs more than running it does.
 */
export class PreparedStatements {
  readonly #names = new Map<string, string>();
  #uses = new Map<string, number>();

  configure(text: string, values: unknown[] = []): QueryConfig {
    const name = this.#nameOf(text);
    return name === undefined ? { text, values } : { name, text, values };
  }

  #nameOf(text: string): string | undefined {
    const name = this.#names.get(text);
    if (name !== undefined || this.#names.size >= CAPACITY) return name;
    const uses = (this.#uses.get(text) ?? 0) + 1;
    if (uses > USES_BEFORE_PREPARING) {
      this.#uses.delete(text);
      this.#names.set(text, `samenhang_${this.#names.size}`);
    } else {
      if (this.#uses.size >= COUNTED) this.#uses = new Map();
      this.#uses.set(text, uses);
    }
    return this.#names.get(text);
  }
}
