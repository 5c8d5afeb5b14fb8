import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import type { Transaction } from '@samenhang/event-log';
import type { PseudonymRecipient } from '@samenhang/oprf';
import { LOGGER } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import type { Caller } from '../evaluation/caller.js';
import { PseudonymisationConfiguration } from '../pseudonymisation.configuration.js';
import {
  limitsOf,
  settle,
  sumClaims,
  type QuotaClaim,
  type QuotaUsage,
  type QuotaVerdict,
} from './quota-limits.js';

export interface QuotaRequest {
  readonly caller: Caller;
  readonly recipient: PseudonymRecipient;
  readonly points: number;
}

const CLEANING_INTERVAL_MS = 3_600_000;

// Rows are locked in one order, so that two callers who share a recipient cannot wait for each other.
const CLAIM = `
  INSERT INTO evaluation_usage AS usage (subject, window_seconds, window_start, used)
  SELECT subject, window_seconds,
         to_timestamp(floor(extract(epoch FROM now()) / window_seconds) * window_seconds), points
    FROM unnest($1::text[], $2::int[], $3::bigint[]) AS claims (subject, window_seconds, points)
   ORDER BY subject, window_seconds
  ON CONFLICT (subject, window_seconds, window_start) DO UPDATE SET used = usage.used + EXCLUDED.used
  RETURNING subject, window_seconds AS "windowSeconds", used::float8 AS used,
            ceil(window_seconds - extract(epoch FROM now() - window_start))::int AS "secondsLeft"`;

/** Counts evaluations per organisation, client and recipient, over restarts and instances of the service. */
@Injectable()
export class EvaluationQuota implements OnApplicationBootstrap, OnApplicationShutdown {
  #cleaning: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly configuration: PseudonymisationConfiguration,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.#cleaning = setInterval(() => void this.#clean(), CLEANING_INTERVAL_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#cleaning);
  }

  /** Counts each claim, granted or not: who goes on asking stays refused. @returns the refusal of each, if any */
  async claim(
    transaction: Transaction,
    requests: readonly QuotaRequest[],
  ): Promise<readonly (Failure | undefined)[]> {
    if (requests.length === 0) return [];
    const claims = requests.map(({ caller, recipient, points }) => ({
      limits: limitsOf(caller, recipient, this.configuration),
      points,
    }));
    return settle(claims, await count(transaction, claims)).map((verdict) => this.#refusalOf(verdict));
  }

  #refusalOf({ alarms, exceeded }: QuotaVerdict): Failure | undefined {
    for (const { subject, windowSeconds, used } of alarms) {
      this.logger.warn({ subject, windowSeconds, used }, 'evaluation quota nearly used up');
    }
    if (exceeded.length === 0) return undefined;
    const retryAfterSeconds = Math.max(1, ...exceeded.map((usage) => usage.secondsLeft));
    return new Failure('too-many', 'The quota of evaluations is used up', { retryAfterSeconds });
  }

  async #clean(): Promise<void> {
    try {
      await this.dataSource.query(
        `DELETE FROM evaluation_usage WHERE window_start < now() - interval '2 days'`,
      );
    } catch (error) {
      this.logger.warn({ error }, 'old quota windows could not be removed');
    }
  }
}

function count(transaction: Transaction, claims: readonly QuotaClaim[]): Promise<QuotaUsage[]> {
  const sums = sumClaims(claims);
  return transaction.query<QuotaUsage>(CLAIM, [
    sums.map(({ subject }) => subject),
    sums.map(({ windowSeconds }) => windowSeconds),
    sums.map(({ points }) => points),
  ]);
}
