import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import type { PseudonymRecipient } from '@samenhang/oprf';
import { LOGGER } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import type { Caller } from '../evaluation/caller.js';
import { PseudonymisationConfiguration } from '../pseudonymisation.configuration.js';
import { judge, limitsOf, type QuotaLimit, type QuotaUsage } from './quota-limits.js';

const CLEANING_INTERVAL_MS = 3_600_000;

// Rows are locked in one order, so that two callers who share a recipient cannot wait for each other.
const CLAIM = `
  INSERT INTO evaluation_usage AS usage (subject, window_seconds, window_start, used)
  SELECT subject, window_seconds,
         to_timestamp(floor(extract(epoch FROM now()) / window_seconds) * window_seconds), $3
    FROM unnest($1::text[], $2::int[]) AS limits (subject, window_seconds)
   ORDER BY subject, window_seconds
  ON CONFLICT (subject, window_seconds, window_start) DO UPDATE SET used = usage.used + EXCLUDED.used
  RETURNING subject, window_seconds AS "windowSeconds", used,
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

  /** Counts the claim, granted or not: who goes on asking stays refused. @returns the refusal, if any */
  async claim(caller: Caller, recipient: PseudonymRecipient, points: number): Promise<Failure | undefined> {
    const limits = limitsOf(caller, recipient, this.configuration);
    const verdict = judge(limits, await this.#count(limits, points), points);
    for (const { subject, windowSeconds, used } of verdict.alarms) {
      this.logger.warn({ subject, windowSeconds, used }, 'evaluation quota nearly used up');
    }
    if (verdict.exceeded.length === 0) return undefined;
    const retryAfterSeconds = Math.max(1, ...verdict.exceeded.map((usage) => usage.secondsLeft));
    return new Failure('too-many', 'The quota of evaluations is used up', { retryAfterSeconds });
  }

  async #count(limits: readonly QuotaLimit[], points: number): Promise<QuotaUsage[]> {
    const subjects = limits.map((limit) => limit.subject);
    const windows = limits.map((limit) => limit.windowSeconds);
    return this.dataSource.query<QuotaUsage[]>(CLAIM, [subjects, windows, points]);
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
