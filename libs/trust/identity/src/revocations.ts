import { hash } from 'node:crypto';
import { Failure } from '@samenhang/errors';

/** Which tokens were called back before they ended. */
export interface Revocations {
  /** @param tokenIds of the token itself and of the one it was exchanged for */
  isAnyRevoked(tokenIds: readonly string[]): boolean | Promise<boolean>;
}

/** For tokens that cannot be called back. */
export const nothingRevoked: Revocations = { isAnyRevoked: () => false };

/** As the authorisation server publishes it: hashes of token ids, of which nobody can make a token id. */
export interface RevocationListBody {
  readonly revoked: readonly string[];
}

export function toRevocationEntry(tokenId: string): string {
  return hash('sha256', tokenId, 'base64url');
}

/** The list is asked for anew after this; whoever comes meanwhile is answered by the old one. */
const FRESH_MS = 5_000;
/** An older list is not used without asking: between revocation and refusal lies no more than this. */
const WAITING_MS = 10_000;
/** While the list cannot be had the last one serves for so long; then nothing is accepted. */
const USABLE_MS = 30_000;
const RETRY_MS = 1_000;
const TIMEOUT_MS = 3_000;
const MAXIMUM_BYTES = 4_000_000;

/** The list of the issuer, read when tokens are used and not more often than every five seconds. */
export class RevocationList implements Revocations {
  readonly #address: string;
  #revoked: ReadonlySet<string> = new Set();
  #readAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  /** @param clock in milliseconds, which is never put back */
  constructor(
    issuer: string,
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.#address = `${issuer.replace(/\/$/, '')}/revocations`;
  }

  /** @throws Failure('unavailable') when the list is too old to go by */
  async isAnyRevoked(tokenIds: readonly string[]): Promise<boolean> {
    const age = this.clock() - this.#readAt;
    if (age > FRESH_MS) {
      const reading = this.#read();
      if (age > WAITING_MS) await reading;
    }
    if (this.clock() - this.#readAt > USABLE_MS)
      throw new Failure('unavailable', 'It cannot be found out now whether the token was revoked');
    return tokenIds.some((id) => this.#revoked.has(toRevocationEntry(id)));
  }

  /** Never rejects: whether the list is usable is seen by its age. */
  #read(): Promise<void> {
    if (this.#reading !== undefined) return this.#reading;
    if (this.clock() - this.#triedAt < RETRY_MS) return Promise.resolve();
    this.#triedAt = this.clock();
    this.#reading = this.#fetch().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #fetch(): Promise<void> {
    const askedAt = this.clock();
    try {
      const response = await fetch(this.#address, {
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await response.text();
      if (!response.ok || text.length > MAXIMUM_BYTES) return;
      const revoked = readEntries(JSON.parse(text) as Partial<RevocationListBody> | null);
      if (revoked === undefined) return;
      this.#revoked = revoked;
      this.#readAt = askedAt;
    } catch {
      return;
    }
  }
}

function readEntries(body: Partial<RevocationListBody> | null): ReadonlySet<string> | undefined {
  const entries: unknown = body?.revoked;
  if (!Array.isArray(entries) || !entries.every((entry) => typeof entry === 'string')) return undefined;
  return new Set(entries);
}
