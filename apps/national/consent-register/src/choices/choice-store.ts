import { Injectable } from '@nestjs/common';
import type { PatientKey, Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import type { ConsentCategory, ConsultingCategory } from '@samenhang/mitz';
import type { RegisteredChoice } from './choice.js';

export interface StoredChoice extends RegisteredChoice {
  readonly id: string;
  readonly recordedAt: string;
}

interface ChoiceRow {
  readonly id: string;
  readonly holder_ura: string | null;
  readonly holder_type: string | null;
  readonly requester_category: string;
  readonly category: string;
  readonly decision: string;
  readonly recorded_at: Date;
}

/** A category no consulting care provider has: the choice is for all of them. */
const ANYONE = '';
const COLUMNS = 'id, holder_ura, holder_type, requester_category, category, decision, recorded_at';

/** The choices of citizens, by a keyed hash of their number: the number itself is not kept. */
@Injectable()
export class ChoiceStore {
  /** A later choice about the same takes the place of the earlier one. */
  async put(transaction: Transaction, patient: PatientKey, choice: RegisteredChoice): Promise<StoredChoice> {
    const [ura, type] =
      'ura' in choice.holder ? [choice.holder.ura, null] : [null, choice.holder.facilityType];
    const [row] = await transaction.query<ChoiceRow>(
      `INSERT INTO choice (patient_key, holder_ura, holder_type, requester_category, category, decision)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (patient_key, holder_ura, holder_type, requester_category, category)
       DO UPDATE SET decision = excluded.decision, recorded_at = now()
       RETURNING ${COLUMNS}`,
      [patient, ura, type, choice.requesterCategory ?? ANYONE, choice.category, choice.decision],
    );
    if (row === undefined) throw new Error('The choice was not stored');
    return toChoice(row);
  }

  /** Changes of one citizen's choices go one after the other until the transaction ends. @returns their revision */
  async lock(transaction: Transaction, patient: PatientKey): Promise<number> {
    await transaction.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [patient]);
    const [row] = await transaction.query<{ revision: string }>(
      `SELECT nextval('choice_revision') AS revision`,
    );
    return Number(row?.revision);
  }

  async list(transaction: Pick<Transaction, 'query'>, patient: PatientKey): Promise<StoredChoice[]> {
    const rows = await transaction.query<ChoiceRow>(
      `SELECT ${COLUMNS} FROM choice WHERE patient_key = $1 ORDER BY recorded_at, id`,
      [patient],
    );
    return rows.map(toChoice);
  }

  /** @returns the choice that was there */
  async delete(transaction: Transaction, patient: PatientKey, id: string): Promise<StoredChoice | undefined> {
    const [row] = await transaction.query<ChoiceRow>(
      `DELETE FROM choice WHERE patient_key = $1 AND id = $2 RETURNING ${COLUMNS}`,
      [patient, id],
    );
    return row === undefined ? undefined : toChoice(row);
  }
}

function toChoice(row: ChoiceRow): StoredChoice {
  return {
    id: row.id,
    holder:
      row.holder_ura === null ? { facilityType: row.holder_type ?? '' } : { ura: row.holder_ura as Ura },
    ...(row.requester_category === ANYONE
      ? {}
      : { requesterCategory: row.requester_category as ConsultingCategory }),
    category: row.category as ConsentCategory,
    decision: row.decision as 'permit' | 'deny',
    recordedAt: row.recorded_at.toISOString(),
  };
}
