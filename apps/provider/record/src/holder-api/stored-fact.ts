import type { DataCategory, Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import { categoriesOfType, findRecordedType } from '../resources/record-resources.js';

/** A version of a resource as stored. */
export interface StoredFact {
  readonly version: number;
  readonly lastUpdated: Date;
  readonly patientKey: number;
  /** Null for what is in no category of its own. */
  readonly category: DataCategory | null;
  /** Null for a tombstone. */
  readonly body: string | null;
}

export interface FactRow {
  id: string;
  version: number;
  last_updated: Date;
  patient_key: number;
  category: DataCategory | null;
  body: string | null;
}

/** All that must be permitted before this may be given. Empty: nobody may have it. */
export function neededFor(type: string, { category }: Pick<StoredFact, 'category'>): readonly DataCategory[] {
  if (category !== null) return categoriesOfType(type).includes(category) ? [category] : [];
  return findRecordedType(type)?.guards ?? [];
}

/** Undefined when there is none, it is deleted, or it is about no patient. */
export async function findFact(
  transaction: Transaction,
  tenant: Ura,
  type: string,
  id: string,
): Promise<StoredFact | undefined> {
  const [row] = await transaction.query<FactRow>(
    `SELECT id, version, last_updated, patient_key, category, body FROM resource
     WHERE tenant = $1 AND type = $2 AND id = $3 AND NOT deleted AND patient_key IS NOT NULL`,
    [tenant, type, id],
  );
  return row === undefined ? undefined : toFact(row);
}

/** One version, the present one or one before it. */
export async function findVersion(
  transaction: Transaction,
  tenant: Ura,
  name: { readonly type: string; readonly id: string; readonly version: number },
): Promise<StoredFact | undefined> {
  const [row] = await transaction.query<FactRow>(
    `SELECT id, version, last_updated, patient_key, category, body FROM resource
       WHERE tenant = $1 AND type = $2 AND id = $3 AND version = $4 AND patient_key IS NOT NULL AND NOT deleted
     UNION ALL SELECT id, version, last_updated, patient_key, category, body FROM resource_history
       WHERE tenant = $1 AND type = $2 AND id = $3 AND version = $4 AND patient_key IS NOT NULL AND NOT deleted
     LIMIT 1`,
    [tenant, name.type, name.id, name.version],
  );
  return row === undefined ? undefined : toFact(row);
}

export function toFact(row: FactRow): StoredFact {
  const { version, last_updated: lastUpdated, patient_key: patientKey, category, body } = row;
  return { version, lastUpdated, patientKey, category, body };
}
