import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Transaction } from '@samenhang/event-log';
import { LOGGER } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import type { OpenedPseudonym } from './pseudonym-opener.js';
import { TokenRefusal } from './token-refusal.js';

const CLEANING_INTERVAL_MS = 60_000;

/** Single use of evaluations, over restarts and instances. */
@Injectable()
export class UsedTokens implements OnApplicationBootstrap, OnApplicationShutdown {
  #cleaning: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.#cleaning = setInterval(() => void this.#clean(), CLEANING_INTERVAL_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#cleaning);
  }

  /**
   * Marks the tokens of one request as used. A second request with one of them waits for the first to commit.
   * @throws TokenRefusal when one was used before
   */
  async use(transaction: Transaction, pseudonyms: readonly OpenedPseudonym[]): Promise<void> {
    const expiries = new Map(pseudonyms.map(({ jti, expiresAt }) => [jti, expiresAt.toISOString()]));
    if (expiries.size === 0) return;
    const fresh = await transaction.query(
      `INSERT INTO used_token (jti, expires_at)
       SELECT jti, expires_at FROM unnest($1::text[], $2::timestamptz[]) AS token (jti, expires_at) ORDER BY jti
       ON CONFLICT DO NOTHING RETURNING jti`,
      [[...expiries.keys()], [...expiries.values()]],
    );
    if (fresh.length < expiries.size) throw new TokenRefusal('used');
  }

  async #clean(): Promise<void> {
    try {
      // The margin exceeds the clock tolerance with which expiry is judged.
      await this.dataSource.query(`DELETE FROM used_token WHERE expires_at < now() - interval '5 minutes'`);
    } catch (error) {
      this.logger.warn({ error }, 'expired tokens could not be removed');
    }
  }
}
