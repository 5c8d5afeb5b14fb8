import { toRevocationEntry, type RevocationListBody, type Revocations } from '@samenhang/identity';
import type { DataSource } from 'typeorm';

/** As long as a token that was exchanged for the revoked one, a moment before, can live; with the margin of clocks. */
const KEPT_SECONDS = 330;
const KNOWN_FOR_MS = 1_000;

/** Tokens that were called back, by the hash of their id, until nothing of them can live any more. */
export class RevocationStore implements Revocations {
  #list: Promise<RevocationListBody> | undefined;
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly dataSource: DataSource) {}

  async revoke(tokenId: string): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO revoked_token (entry, expires_at) VALUES ($1, now() + make_interval(secs => $2))
       ON CONFLICT (entry) DO NOTHING`,
      [toRevocationEntry(tokenId), KEPT_SECONDS],
    );
    this.#list = undefined;
  }

  async isAnyRevoked(tokenIds: readonly string[]): Promise<boolean> {
    const found = (await this.dataSource.query('SELECT 1 FROM revoked_token WHERE entry = ANY ($1) LIMIT 1', [
      tokenIds.map(toRevocationEntry),
    ])) as unknown[];
    return found.length > 0;
  }

  /** As it was within the last second: many ask. */
  list(): Promise<RevocationListBody> {
    const now = performance.now();
    if (this.#list === undefined || now - this.#readAt > KNOWN_FOR_MS) {
      this.#readAt = now;
      this.#list = this.#read();
      this.#list.catch(() => {
        this.#list = undefined;
      });
    }
    return this.#list;
  }

  async #read(): Promise<RevocationListBody> {
    const rows = (await this.dataSource.query(
      'SELECT entry FROM revoked_token WHERE expires_at > now() ORDER BY entry',
    )) as { entry: string }[];
    return { revoked: rows.map(({ entry }) => entry) };
  }
}

export async function deleteExpiredRevocations(dataSource: DataSource): Promise<void> {
  await dataSource.query('DELETE FROM revoked_token WHERE expires_at < now()');
}
