import { Injectable } from '@nestjs/common';
import type { Transaction } from '@samenhang/event-log';
import { ObjectionStore } from '../objections/objection-store.js';
import { BsnSeal } from './bsn-seal.js';
import { nameOf, type DesiredState } from './desired-state.js';

/** Takes over what the record says, in the transaction that also moves the consumer on. */
@Injectable()
export class DesiredStateStore {
  constructor(
    private readonly seal: BsnSeal,
    private readonly objections: ObjectionStore,
  ) {}

  /**
   * A BSN is kept only while something is, or may be, registered under it.
   * An older revision never overrules a newer one. A row in the worker's hands keeps its claim.
   */
  async put(transaction: Transaction, states: readonly DesiredState[]): Promise<void> {
    if (states.length === 0) return;
    const rows = states.map((state) => ({
      tenant: state.tenant,
      patient_key: state.patientKey,
      category: state.category,
      desired: state.desired,
      revision: state.revision,
      sealed_bsn: this.seal.seal(state.bsn, nameOf(state)).toString('hex'),
    }));
    await this.objections.awaitObjections(transaction);
    await transaction.query(
      `INSERT INTO registration_state AS known
              (tenant, patient_key, category, desired, revision, sealed_bsn, objected)
       SELECT tenant, patient_key, category, desired, revision, CASE WHEN desired THEN decode(sealed_bsn, 'hex') END,
              coalesce(objection.objects, false)
         FROM jsonb_to_recordset($1) AS row (tenant text, patient_key text, category text, desired boolean,
                                             revision bigint, sealed_bsn text)
              LEFT JOIN objection USING (tenant, patient_key)
        ORDER BY tenant, patient_key, category
       ON CONFLICT (tenant, patient_key, category) DO UPDATE
          SET desired = EXCLUDED.desired, revision = EXCLUDED.revision,
              sealed_bsn = CASE WHEN EXCLUDED.desired THEN EXCLUDED.sealed_bsn
                                WHEN known.actual <> 'absent' THEN known.sealed_bsn END,
              attempts = 0, last_failure = NULL, pending_since = now(),
              next_try = CASE WHEN known.claim IS NULL THEN now() ELSE known.next_try END
        WHERE known.revision < EXCLUDED.revision`,
      [JSON.stringify(rows)],
    );
  }
}
