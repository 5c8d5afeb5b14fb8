import { Injectable } from '@nestjs/common';
import type { Transaction } from '@samenhang/event-log';
import type { Objection } from './objection.js';

/**
 * Wishes and objections come in by different events. A wish is written under this lock, shared, and an objection under
 * it alone: neither misses the other.
 */
const LOCK = 'registrar objections';

/** Keeps who objects, and what follows for the registrations, in the transaction that also moves the consumer on. */
@Injectable()
export class ObjectionStore {
  async awaitObjections(transaction: Transaction): Promise<void> {
    await transaction.query('SELECT pg_advisory_xact_lock_shared(hashtext($1))', [LOCK]);
  }

  async put(transaction: Transaction, objections: readonly Objection[]): Promise<void> {
    if (objections.length === 0) return;
    await transaction.query('SELECT pg_advisory_xact_lock(hashtext($1))', [LOCK]);
    for (const level of ['holder', 'type'] as const) {
      const rows = objections
        .filter((objection) => objection.level === level)
        .map(({ tenant, patientKey, position, revision }) => ({
          tenant,
          patient_key: patientKey,
          position,
          revision,
        }));
      if (rows.length > 0) await this.#keep(transaction, level, rows);
    }
  }

  /** A row in the worker's hands keeps its claim: its outcome is stored first. */
  async #keep(transaction: Transaction, level: 'holder' | 'type', rows: readonly object[]): Promise<void> {
    await transaction.query(
      `WITH stated AS (
         SELECT * FROM jsonb_to_recordset($1) AS row (tenant text, patient_key text, position text, revision bigint)
       ), kept AS (
         INSERT INTO objection AS known (tenant, patient_key, ${level}_position, ${level}_revision)
         SELECT tenant, patient_key, "position", revision FROM stated
         ON CONFLICT (tenant, patient_key) DO UPDATE
            SET ${level}_position = EXCLUDED.${level}_position, ${level}_revision = EXCLUDED.${level}_revision
          WHERE known.${level}_revision < EXCLUDED.${level}_revision
         RETURNING tenant, patient_key, objects
       )
       UPDATE registration_state AS state
          SET objected = kept.objects, attempts = 0, last_failure = NULL, pending_since = now(),
              next_try = CASE WHEN state.claim IS NULL THEN now() ELSE state.next_try END
         FROM kept
        WHERE state.tenant = kept.tenant AND state.patient_key = kept.patient_key AND state.objected <> kept.objects`,
      [JSON.stringify(rows)],
    );
  }
}
