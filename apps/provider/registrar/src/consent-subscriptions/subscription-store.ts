import { Injectable } from '@nestjs/common';
import type { EventEnvelope, PatientKey, Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import type { Bsn } from '@samenhang/patient-identity';
import { BsnSeal } from '../desired-state/bsn-seal.js';

/** A patient of a care provider about whom the consent register is to be asked to tell. */
export interface WantedSubscription {
  readonly id: string;
  readonly tenant: Ura;
  readonly bsn: Bsn;
  readonly attempts: number;
}

export interface KnownSubscription {
  readonly tenant: Ura;
  readonly patientKey: PatientKey;
}

interface WantedRow {
  id: string;
  tenant: Ura;
  patient_key: PatientKey;
  sealed_bsn: Buffer;
  attempts: number;
}

/** While the register is asked nobody else asks it the same; a process that dies is made up for after this. */
const LEASE = `interval '1 minute'`;

@Injectable()
export class ConsentSubscriptionStore {
  constructor(private readonly bsnSeal: BsnSeal) {}

  /** Who has data at one of these care providers is subscribed to, once. */
  async want(
    transaction: Transaction,
    tenants: ReadonlySet<string>,
    events: readonly EventEnvelope<'availability.changed'>[],
  ): Promise<void> {
    const wanted = new Map<string, object>();
    for (const { tenant, payload } of events) {
      if (!payload.available || tenant === null || !tenants.has(tenant)) continue;
      const row = rowOf(tenant, payload.patientKey);
      const sealed = this.bsnSeal.seal(payload.bsn, row).toString('hex');
      wanted.set(row, { tenant, patient_key: payload.patientKey, sealed });
    }
    if (wanted.size === 0) return;
    await transaction.query(
      `INSERT INTO consent_subscription (tenant, patient_key, sealed_bsn)
       SELECT tenant, patient_key, decode(sealed, 'hex')
         FROM jsonb_to_recordset($1) AS row (tenant text, patient_key text, sealed text)
       ON CONFLICT (tenant, patient_key) DO NOTHING`,
      [JSON.stringify([...wanted.values()])],
    );
  }

  async claim(transaction: Transaction, limit: number): Promise<WantedSubscription[]> {
    const rows = await transaction.query<WantedRow>(
      `UPDATE consent_subscription SET next_try = now() + ${LEASE}, attempts = attempts + 1
        WHERE id IN (SELECT id FROM consent_subscription WHERE sealed_bsn IS NOT NULL AND next_try <= now()
                      ORDER BY next_try LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING id, tenant, patient_key, sealed_bsn, attempts`,
      [limit],
    );
    return rows.map(({ id, tenant, patient_key: key, sealed_bsn: sealed, attempts }) => ({
      id,
      tenant,
      attempts,
      bsn: this.bsnSeal.open(sealed, rowOf(tenant, key)),
    }));
  }

  /** The register has it: the number is of no use here any more. */
  async settle(transaction: Transaction, id: string): Promise<void> {
    await transaction.query('UPDATE consent_subscription SET sealed_bsn = NULL WHERE id = $1', [id]);
  }

  async retryIn(transaction: Transaction, id: string, seconds: number): Promise<void> {
    await transaction.query(
      'UPDATE consent_subscription SET next_try = now() + make_interval(secs => $2) WHERE id = $1',
      [id, seconds],
    );
  }

  async find(transaction: Transaction, id: string): Promise<KnownSubscription | undefined> {
    const [row] = await transaction.query<{ tenant: Ura; patient_key: PatientKey }>(
      'SELECT tenant, patient_key FROM consent_subscription WHERE id = $1',
      [id],
    );
    return row === undefined ? undefined : { tenant: row.tenant, patientKey: row.patient_key };
  }

  /** Of two notifications the later holds, and the same twice is one. @returns whether this one is news */
  async noteTold(transaction: Transaction, id: string, at: Date): Promise<boolean> {
    const rows = await transaction.query(
      'UPDATE consent_subscription SET told_at = $2 WHERE id = $1 AND (told_at IS NULL OR told_at < $2) RETURNING id',
      [id, at],
    );
    return rows.length > 0;
  }
}

function rowOf(tenant: string, patientKey: string): string {
  return `consent ${tenant} ${patientKey}`;
}
