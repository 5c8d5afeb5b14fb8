import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { DataCategory, PatientKey, Ura } from '@samenhang/data-model';
import type { BulkOutcome } from '@samenhang/localisation';
import { inTransaction } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import { PENDING } from '../desired-state/pending.js';
import { QUOTA } from '../evaluation/evaluation-pause.js';
import type { KeptEvaluation } from '../evaluation/evaluation-row.js';
import { manyUnasked } from '../evaluation/unasked.js';
import type { PatientGroup } from './patient-group.js';

/** Longer than all calls of a round can take. A claim of a process that died is taken over much sooner (SoleWorker). */
const CLAIM_SECONDS = 300;

/** What is claimed for one patient at one custodian. */
export interface PendingPatient {
  readonly tenant: Ura;
  readonly patientKey: PatientKey;
  readonly claim: string;
  readonly changes: readonly PendingChange[];
  /** What is there to register with; without it the patient is evaluated with the call. */
  readonly evaluation?: KeptEvaluation;
}

export interface PendingChange {
  readonly category: DataCategory;
  readonly desired: boolean;
  readonly sealedBsn: Buffer;
  readonly attempts: number;
}

interface ClaimedRow extends PendingChange {
  readonly tenant: Ura;
  readonly patientKey: PatientKey;
}

interface EvaluatedRow extends ClaimedRow, KeptEvaluation {}

/**
 * Registrations wait of patients whose evaluation is asked for, of care providers that have so many to be asked for, and
 * of those that have used up their quota. Looked at in the statement that claims: in between there may come many.
 */
const FREE = `(NOT wanted OR NOT (
  tenant IN (SELECT tenant FROM many)
  OR EXISTS (SELECT FROM evaluation
              WHERE evaluation.tenant = state.tenant AND evaluation.patient_key = state.patient_key)
  OR EXISTS (SELECT FROM evaluation_request AS request
              WHERE request.tenant = state.tenant AND refusal = '${QUOTA}' AND holds_until > now())))`;

/** The rows in which wish and reality differ: the registrar's durable list of work. */
@Injectable()
export class PendingStore {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Claims some of the work and marks its state at the index as unknown, in one committed step before any
   * call. Withdrawals come first: a name that should not be there does more harm than one that is not there yet.
   *
   * @param bulkThreshold patients to register above which a care provider's wait for the event log; 0 for never
   */
  async claim(maximumRows: number, bulkThreshold = 0): Promise<PendingPatient[]> {
    const claim = randomUUID();
    const rows = await inTransaction(this.dataSource, (transaction) =>
      transaction.query<ClaimedRow>(
        `WITH many AS MATERIALIZED (${manyUnasked('$4')}), due AS (
           SELECT tenant, patient_key, category FROM registration_state AS state
            WHERE ${PENDING} AND next_try <= now() AND ${FREE}
            ORDER BY wanted, next_try LIMIT $2 FOR UPDATE SKIP LOCKED)
         UPDATE registration_state AS state
            SET actual = 'unknown', claim = $1, next_try = now() + make_interval(secs => $3)
           FROM due
          WHERE state.tenant = due.tenant AND state.patient_key = due.patient_key AND state.category = due.category
         RETURNING state.tenant, state.patient_key AS "patientKey", state.category, state.wanted AS desired,
                   state.sealed_bsn AS "sealedBsn", state.attempts`,
        [claim, maximumRows, CLAIM_SECONDS, bulkThreshold],
      ),
    );
    return groupByPatient(rows, claim);
  }

  /** The same for patients whose evaluation is there. They are only ever registered with it: withdrawals do not wait for one. */
  async claimEvaluated(maximumRows: number): Promise<PendingPatient[]> {
    const claim = randomUUID();
    const rows = await inTransaction(this.dataSource, (transaction) =>
      transaction.query<EvaluatedRow>(
        `WITH due AS (
           SELECT tenant, patient_key, category, request_id, sealed_factor, token
             FROM registration_state AS state JOIN evaluation USING (tenant, patient_key)
                  JOIN evaluation_request AS request USING (tenant, request_id)
            WHERE ${PENDING} AND wanted AND next_try <= now() AND request.answered AND request.holds_until > now()
            ORDER BY request.holds_until, patient_key LIMIT $2 FOR UPDATE OF state SKIP LOCKED)
         UPDATE registration_state AS state
            SET actual = 'unknown', claim = $1, next_try = now() + make_interval(secs => $3)
           FROM due
          WHERE state.tenant = due.tenant AND state.patient_key = due.patient_key AND state.category = due.category
         RETURNING state.tenant, state.patient_key AS "patientKey", state.category, state.wanted AS desired,
                   state.sealed_bsn AS "sealedBsn", state.attempts,
                   due.request_id AS "requestId", due.sealed_factor AS "sealedFactor", due.token`,
        [claim, maximumRows, CLAIM_SECONDS],
      ),
    );
    const evaluations = new Map(rows.map((row) => [`${row.tenant}|${row.patientKey}`, row]));
    return groupByPatient(rows, claim).map((patient) => {
      const row = evaluations.get(`${patient.tenant}|${patient.patientKey}`);
      if (row === undefined) return patient;
      const { requestId, sealedFactor, token } = row;
      return { ...patient, evaluation: { requestId, sealedFactor, token } };
    });
  }

  /** An evaluation is good for one use: what was sent with it, or refused, leaves none. */
  async discardEvaluations({ tenant, patients }: PatientGroup): Promise<void> {
    const used = patients.flatMap(({ patientKey, evaluation }) =>
      evaluation === undefined ? [] : [{ patient_key: patientKey, request_id: evaluation.requestId }],
    );
    if (used.length === 0) return;
    await this.dataSource.query(
      `DELETE FROM evaluation USING jsonb_to_recordset($2) AS used (patient_key text, request_id text)
        WHERE evaluation.tenant = $1 AND evaluation.patient_key = used.patient_key
          AND evaluation.request_id = used.request_id`,
      [tenant, JSON.stringify(used)],
    );
  }

  /** Makes what a dead worker had claimed due again; what the index holds of it stays unknown. */
  async takeOver(): Promise<void> {
    await this.dataSource.query(
      'UPDATE registration_state SET claim = NULL, next_try = now() WHERE claim IS NOT NULL',
    );
  }

  /** The index confirmed: a registration that is gone needs no BSN any more. */
  async complete(group: PatientGroup, outcome: BulkOutcome): Promise<void> {
    await this.#settle(
      group,
      `SET actual = CASE WHEN outcome.desired THEN 'present' ELSE 'absent' END, claim = NULL, attempts = 0,
           last_failure = NULL, next_try = now(),
           registration_id = CASE WHEN outcome.desired THEN outcome.id END,
           sealed_bsn = CASE WHEN outcome.desired OR state.desired THEN state.sealed_bsn END`,
      [],
      outcome,
    );
  }

  /** To be tried again after the delay; what the index holds stays unknown. */
  async postpone(
    group: PatientGroup,
    failure: string,
    delaySeconds: number,
    countsAsAttempt: boolean,
  ): Promise<void> {
    await this.#settle(
      group,
      `SET claim = NULL, last_failure = $4, next_try = now() + make_interval(secs => $3),
           attempts = state.attempts + $5::int`,
      [delaySeconds, failure, countsAsAttempt ? 1 : 0],
    );
  }

  async counts(): Promise<{ registered: number; pending: number }> {
    const [row] = await this.dataSource.query<{ registered: number; pending: number }[]>(
      `SELECT count(*) FILTER (WHERE actual = 'present') AS registered, count(*) FILTER (WHERE ${PENDING}) AS pending
         FROM registration_state`,
    );
    return row ?? { registered: 0, pending: 0 };
  }

  /** Applies only while the claim is still ours. */
  async #settle(
    { tenant, patients }: PatientGroup,
    assignment: string,
    parameters: readonly unknown[],
    ids: BulkOutcome = [],
  ): Promise<void> {
    const outcome = patients.flatMap(({ patientKey, claim, changes }, index) =>
      changes.map(({ category, desired }) => {
        const id = ids[index]?.get(category) ?? null;
        return { patient_key: patientKey, claim, category, desired, id };
      }),
    );
    await this.dataSource.query(
      `UPDATE registration_state AS state ${assignment}
         FROM jsonb_to_recordset($2) AS outcome (patient_key text, claim uuid, category text, desired boolean, id uuid)
        WHERE state.tenant = $1 AND state.patient_key = outcome.patient_key AND state.category = outcome.category
          AND state.claim = outcome.claim`,
      [tenant, JSON.stringify(outcome), ...parameters],
    );
  }
}

function groupByPatient(rows: readonly ClaimedRow[], claim: string): PendingPatient[] {
  const groups = Map.groupBy(rows, ({ tenant, patientKey }) => `${tenant}|${patientKey}`);
  return [...groups.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const changes = own.map(({ category, desired, sealedBsn, attempts }) => ({
      category,
      desired,
      sealedBsn,
      attempts,
    }));
    return [{ tenant: first.tenant, patientKey: first.patientKey, claim, changes }];
  });
}
