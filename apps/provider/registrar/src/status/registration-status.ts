import { Injectable } from '@nestjs/common';
import type { Ura } from '@samenhang/data-model';
import { DataSource } from 'typeorm';
import { PENDING } from '../desired-state/pending.js';

/** How the registrations of one care provider stand; figures only. */
export interface RegistrationStatus {
  readonly organisation: Ura;
  readonly registered: number;
  /** What the record holds and the patient does not want found. */
  readonly heldBack: number;
  readonly pending: {
    readonly registrations: number;
    readonly withdrawals: number;
    readonly oldestSince: Date | null;
  };
  /** Why what is pending was not done at the last try. */
  readonly failing: readonly Failing[];
  readonly reconciliation: {
    readonly finishedAt: Date | null;
    readonly registeredAgain: number;
    readonly withdrawn: number;
    readonly driftAt: Date | null;
  };
}

export interface Failing {
  readonly reason: string;
  readonly count: number;
  readonly since: Date;
}

interface Counts {
  readonly registered: number;
  readonly heldBack: number;
  readonly registrations: number;
  readonly withdrawals: number;
  readonly oldestSince: Date | null;
}

@Injectable()
export class RegistrationStatusStore {
  constructor(private readonly dataSource: DataSource) {}

  async statusOf(organisation: Ura): Promise<RegistrationStatus> {
    const [counts] = await this.dataSource.query<Counts[]>(
      `SELECT count(*) FILTER (WHERE actual = 'present')::int AS registered,
              count(*) FILTER (WHERE desired AND objected)::int AS "heldBack",
              count(*) FILTER (WHERE ${PENDING} AND wanted)::int AS registrations,
              count(*) FILTER (WHERE ${PENDING} AND NOT wanted)::int AS withdrawals,
              min(pending_since) FILTER (WHERE ${PENDING}) AS "oldestSince"
         FROM registration_state WHERE tenant = $1`,
      [organisation],
    );
    const failing = await this.dataSource.query<Failing[]>(
      `SELECT last_failure AS reason, count(*)::int AS count, min(pending_since) AS since
         FROM registration_state WHERE tenant = $1 AND ${PENDING} AND last_failure IS NOT NULL
        GROUP BY last_failure
        UNION ALL
       SELECT 'Evaluations over the event log: ' || refusal, sum(persons)::int, min(asked_at)
         FROM evaluation_request WHERE tenant = $1 AND refusal IS NOT NULL AND holds_until > now()
        GROUP BY refusal
        ORDER BY count DESC, reason`,
      [organisation],
    );
    const { registered = 0, heldBack = 0, ...pending } = counts ?? {};
    const { registrations = 0, withdrawals = 0, oldestSince = null } = pending as Partial<Counts>;
    return {
      organisation,
      registered,
      heldBack,
      pending: { registrations, withdrawals, oldestSince },
      failing,
      reconciliation: await this.#reconciliation(organisation),
    };
  }

  async #reconciliation(organisation: Ura): Promise<RegistrationStatus['reconciliation']> {
    const [row] = await this.dataSource.query<RegistrationStatus['reconciliation'][]>(
      `SELECT finished_at AS "finishedAt", registered_again::int AS "registeredAgain", withdrawn::int AS withdrawn,
              drift_at AS "driftAt"
         FROM reconciliation WHERE tenant = $1`,
      [organisation],
    );
    return row ?? { finishedAt: null, registeredAgain: 0, withdrawn: 0, driftAt: null };
  }
}
