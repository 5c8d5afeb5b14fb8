import {
  type AvailabilityChanged,
  type DataCategory,
  type NewEvent,
  type PatientKey,
  type Ura,
} from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import type { CitizenNumberVault } from '../patients/citizen-number-vault.js';
import type { FactChange } from '../resources/plan-writes.js';

/** A person as the reference index knows one: by BSN, here by its key. */
export interface Citizen {
  readonly tenant: string;
  readonly bsnKey: string;
}

interface CountRow {
  patient_key: number;
  category: string;
  facts: number;
  tenant: string;
  bsn_key: string | null;
}

/**
 * Keeps the number of live facts per Patient and category.
 * @returns the citizens of whom a category got its first fact at a Patient or lost its last
 */
export async function countFacts(
  transaction: Transaction,
  changes: readonly FactChange[],
): Promise<Citizen[]> {
  if (changes.length === 0) return [];
  const differences = changes.map(({ patientKey, ...change }) => ({ ...change, patient_key: patientKey }));
  const rows = await transaction.query<CountRow>(
    `WITH counted AS (
       INSERT INTO fact_count AS c (tenant, patient_key, category, facts)
       SELECT tenant, patient_key, category, difference
       FROM json_to_recordset($1) AS d(tenant text, patient_key bigint, category text, difference integer)
       ON CONFLICT (patient_key, category) DO UPDATE SET facts = c.facts + excluded.facts
       RETURNING patient_key, category, facts
     )
     SELECT counted.*, p.tenant, p.bsn_key FROM counted JOIN patient p ON p.id = counted.patient_key`,
    [JSON.stringify(differences)],
  );
  const byKey = new Map(
    changes.map((change) => [`${change.patientKey}/${change.category}`, change.difference]),
  );
  return rows.flatMap(({ patient_key, category, facts, tenant, bsn_key }) => {
    const before = facts - (byKey.get(`${patient_key}/${category}`) ?? 0);
    return bsn_key === null || facts > 0 === before > 0 ? [] : [{ tenant, bsnKey: bsn_key }];
  });
}

interface ChangedRow {
  tenant: Ura;
  bsn_key: PatientKey;
  category: DataCategory;
  available: boolean;
  revision: number;
  sealed: Buffer;
}

/**
 * Compares what is held of these citizens with what was last said of it. `Patient` is held as soon as any fact is: who a
 * patient is becomes worth finding once there is something to find.
 * @returns one event per difference, to be published in the same transaction; what is gone first, so that of a corrected
 *   BSN nobody reads of the right one before the wrong one is known to be wrong
 */
export async function availabilityChanges(
  transaction: Transaction,
  citizens: readonly Citizen[],
  vault: CitizenNumberVault,
): Promise<NewEvent<'availability.changed'>[]> {
  if (citizens.length === 0) return [];
  const rows = await transaction.query<ChangedRow>(
    `WITH affected AS (
       SELECT DISTINCT tenant COLLATE "C" AS tenant, bsn_key COLLATE "C" AS bsn_key
       FROM unnest($1::text[], $2::text[]) AS a(tenant, bsn_key)
     ), held AS (
       SELECT DISTINCT p.tenant, p.bsn_key, c.category
       FROM affected a JOIN patient p USING (tenant, bsn_key) JOIN fact_count c ON c.patient_key = p.id AND c.facts > 0
     ), wanted AS (
       SELECT * FROM held UNION SELECT tenant, bsn_key, 'Patient' FROM held
     ), said AS (
       SELECT v.* FROM availability v JOIN affected a USING (tenant, bsn_key)
     ), changed AS (
       INSERT INTO availability AS v (tenant, bsn_key, category, available, revision)
       SELECT tenant, bsn_key, category, wanted IS NOT NULL, 1
       FROM wanted FULL JOIN said USING (tenant, bsn_key, category)
       WHERE coalesce(said.available, false) <> (wanted IS NOT NULL)
       ON CONFLICT (tenant, bsn_key, category)
         DO UPDATE SET available = excluded.available, revision = v.revision + 1
       RETURNING tenant, bsn_key, category, available, revision
     )
     SELECT * FROM changed JOIN citizen_number USING (tenant, bsn_key)`,
    [citizens.map(({ tenant }) => tenant), citizens.map(({ bsnKey }) => bsnKey)],
  );
  const goneFirst = rows.toSorted((one, other) => Number(one.available) - Number(other.available));
  return goneFirst.map((row) => toEvent(row, vault));
}

function toEvent(row: ChangedRow, vault: CitizenNumberVault): NewEvent<'availability.changed'> {
  const payload: AvailabilityChanged = {
    patientKey: row.bsn_key,
    bsn: vault.open(row.tenant, row.bsn_key, row.sealed),
    category: row.category,
    available: row.available,
    revision: row.revision,
  };
  return { type: 'availability.changed', key: row.bsn_key, tenant: row.tenant, payload };
}
