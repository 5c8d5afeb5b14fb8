import type { DataCategory, Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';

/** A resource as stored, for a read by id. */
export interface StoredFact {
  readonly version: number;
  readonly lastUpdated: Date;
  readonly patientKey: number;
  readonly category: DataCategory;
  readonly body: string;
}

interface FactRow {
  version: number;
  last_updated: Date;
  patient_key: number;
  category: DataCategory;
  body: string;
}

/** Undefined when there is none, it is deleted, or it is no fact that a policy can speak of. */
export async function findFact(
  transaction: Transaction,
  tenant: Ura,
  type: string,
  id: string,
): Promise<StoredFact | undefined> {
  const [row] = await transaction.query<FactRow>(
    `SELECT version, last_updated, patient_key, category, body FROM resource
     WHERE tenant = $1 AND type = $2 AND id = $3 AND NOT deleted AND patient_key IS NOT NULL AND category IS NOT NULL`,
    [tenant, type, id],
  );
  if (row === undefined) return undefined;
  const { version, last_updated: lastUpdated, patient_key: patientKey, category, body } = row;
  return { version, lastUpdated, patientKey, category, body };
}
