import type { BoundToken } from './proof-key.js';

const SKEW_MS = 30_000;
const CAPACITY = 5_000;

/** Tokens by what was asked for; simultaneous demands for one token share one request. */
export class TokenCache {
  readonly #entries = new Map<string, { token: Promise<BoundToken>; usableUntil: number }>();

  async get(key: string, request: () => Promise<BoundToken>): Promise<BoundToken> {
    const entry = this.#entries.get(key);
    if (entry !== undefined && entry.usableUntil > Date.now()) return entry.token;
    return this.#request(key, request);
  }

  async #request(key: string, request: () => Promise<BoundToken>): Promise<BoundToken> {
    const token = request();
    // While under way: shared by whoever asks meanwhile.
    const entry = { token, usableUntil: Number.POSITIVE_INFINITY };
    this.#makeRoom();
    this.#entries.set(key, entry);
    try {
      entry.usableUntil = (await token).expiresAt.getTime() - SKEW_MS;
    } catch (error) {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
      throw error;
    }
    return token;
  }

  #makeRoom(): void {
    if (this.#entries.size < CAPACITY) return;
    const now = Date.now();
    for (const [key, entry] of this.#entries) if (entry.usableUntil <= now) this.#entries.delete(key);
    for (const key of this.#entries.keys()) {
      if (this.#entries.size < CAPACITY) break;
      this.#entries.delete(key);
    }
  }
}
