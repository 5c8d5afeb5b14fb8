import { Injectable } from '@nestjs/common';
import type { DataCategory, PatientKey, Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import { rowsOf } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import { QUOTA } from './evaluation-pause.js';
import { manyUnasked, UNASKED } from './unasked.js';

/** A patient with something to register and no evaluation under way. */
export interface UnaskedPatient {
  readonly patientKey: PatientKey;
  readonly category: DataCategory;
  readonly sealedBsn: Buffer;
}

export interface NewRequest {
  readonly requestId: string;
  readonly tenant: Ura;
  readonly holdsForSeconds: number;
  readonly persons: readonly { readonly patientKey: PatientKey; readonly sealedFactor: Buffer }[];
}

/** What was asked over the event log and what came back. */
@Injectable()
export class EvaluationStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Care providers with more patients to ask about than this, and how many were asked about already. */
  async workload(threshold: number): Promise<{ tenant: Ura; unasked: number; outstanding: number }[]> {
    return this.dataSource.query(
      `SELECT tenant, unasked,
              (SELECT count(*)::int FROM evaluation WHERE evaluation.tenant = many.tenant) AS outstanding
         FROM (${manyUnasked('$1')}) AS many ORDER BY tenant`,
      [threshold],
    );
  }

  async findUnasked(tenant: Ura, maximum: number): Promise<UnaskedPatient[]> {
    return this.dataSource.query(
      `SELECT DISTINCT ON (patient_key) patient_key AS "patientKey", category, sealed_bsn AS "sealedBsn"
         FROM registration_state AS state WHERE tenant = $1 AND ${UNASKED} ORDER BY patient_key, category LIMIT $2`,
      [tenant, maximum],
    );
  }

  /** As the worker does with what nobody but an operator can help. */
  async setAside(tenant: Ura, patientKeys: readonly PatientKey[]): Promise<void> {
    await this.dataSource.query(
      `UPDATE registration_state AS state
          SET last_failure = 'internal', attempts = attempts + 1, next_try = now() + interval '15 minutes'
        WHERE tenant = $1 AND patient_key = ANY ($2::text[]) AND ${UNASKED}`,
      [tenant, [...patientKeys]],
    );
  }

  /** In the transaction that publishes the request: neither is there without the other. */
  async add(transaction: Transaction, request: NewRequest): Promise<void> {
    const { requestId, tenant, holdsForSeconds, persons } = request;
    await transaction.query(
      `INSERT INTO evaluation_request (request_id, tenant, persons, holds_until)
       VALUES ($1, $2, $3, now() + make_interval(secs => $4))`,
      [requestId, tenant, persons.length, holdsForSeconds],
    );
    const rows = persons.map(({ patientKey, sealedFactor }, position) => ({
      patient_key: patientKey,
      position,
      sealed_factor: sealedFactor.toString('hex'),
    }));
    await transaction.query(
      `INSERT INTO evaluation (tenant, patient_key, request_id, position, sealed_factor)
       SELECT $1, patient_key, $2, position, decode(sealed_factor, 'hex')
         FROM jsonb_to_recordset($3) AS row (patient_key text, position integer, sealed_factor text)`,
      [tenant, requestId, JSON.stringify(rows)],
    );
  }

  /** How many persons a request that still awaits its answer is about; undefined when none does under this name. */
  async findAwaited(transaction: Transaction, requestId: string): Promise<number | undefined> {
    const [row] = await transaction.query<{ persons: number }>(
      `SELECT persons FROM evaluation_request
        WHERE request_id = $1 AND NOT answered AND refusal IS NULL AND holds_until > now() FOR UPDATE`,
      [requestId],
    );
    return row?.persons;
  }

  async keepAnswer(
    transaction: Transaction,
    requestId: string,
    tokens: readonly string[],
    usableUntil: Date,
  ): Promise<void> {
    await transaction.query(
      'UPDATE evaluation_request SET answered = true, holds_until = $2 WHERE request_id = $1',
      [requestId, usableUntil],
    );
    await transaction.query(
      `UPDATE evaluation SET token = answer.token
         FROM unnest($2::text[]) WITH ORDINALITY AS answer (token, number)
        WHERE evaluation.request_id = $1 AND evaluation.position = answer.number - 1`,
      [requestId, [...tokens]],
    );
  }

  /** Lets its patients go, to be asked about again. */
  async drop(transaction: Transaction, requestId: string): Promise<void> {
    await transaction.query('DELETE FROM evaluation_request WHERE request_id = $1', [requestId]);
  }

  /** The longest pause for a quota of the same care provider that ended within the last hour. */
  async findPreviousPause(transaction: Transaction, requestId: string): Promise<number | undefined> {
    const [row] = await transaction.query<{ seconds: number | null }>(
      `SELECT max(pause_seconds) AS seconds FROM evaluation_request
        WHERE refusal = $2 AND holds_until <= now()
          AND tenant = (SELECT tenant FROM evaluation_request WHERE request_id = $1)`,
      [requestId, QUOTA],
    );
    return row?.seconds ?? undefined;
  }

  async refuse(
    transaction: Transaction,
    requestId: string,
    reason: string,
    pauseSeconds: number,
  ): Promise<void> {
    await transaction.query('DELETE FROM evaluation WHERE request_id = $1', [requestId]);
    await transaction.query(
      `UPDATE evaluation_request SET refusal = $2, pause_seconds = $3::integer, holds_until = now() + make_interval(secs => $3::integer)
        WHERE request_id = $1`,
      [requestId, reason, pauseSeconds],
    );
  }

  /** Requests that nobody answered in time. */
  async findUnanswered(): Promise<string[]> {
    const rows = await this.dataSource.query<{ requestId: string }[]>(
      `SELECT request_id AS "requestId" FROM evaluation_request
        WHERE holds_until <= now() AND NOT answered AND refusal IS NULL`,
    );
    return rows.map(({ requestId }) => requestId);
  }

  /** Answers that can be used no more, with the patients they were kept for. */
  async dropExpired(): Promise<number> {
    const gone = rowsOf(
      await this.dataSource.query(
        `DELETE FROM evaluation_request
          WHERE holds_until <= now() AND answered
             OR holds_until <= now() - interval '1 hour' AND refusal IS NOT NULL
         RETURNING answered`,
      ),
    );
    return gone.length;
  }
}
