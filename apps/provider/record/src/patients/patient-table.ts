import type { Transaction } from '@samenhang/event-log';
import type { Demographics } from './demographics.js';
import type { PatientNode } from './merge-groups.js';

interface PatientRow {
  id: number;
  tenant: string;
  patient_id: string;
  root: number;
  own_bsn_key: string | null;
  bsn_key: string | null;
  replaced_by: string | null;
  replaced_at_position: number | null;
}

export interface PatientName {
  readonly tenant: string;
  readonly patientId: string;
}

/** Makes sure that every Patient named has a row, and reads them with all others of their merge groups. */
export async function loadPatientGroups(
  transaction: Transaction,
  names: readonly PatientName[],
): Promise<PatientNode[]> {
  if (names.length === 0) return [];
  const named = [names.map(({ tenant }) => tenant), names.map(({ patientId }) => patientId)];
  await transaction.query(
    `INSERT INTO patient (id, tenant, patient_id, root)
     SELECT fresh.id, fresh.tenant, fresh.patient_id, fresh.id FROM (
       SELECT nextval(pg_get_serial_sequence('patient', 'id')) AS id, absent.tenant, absent.patient_id
       FROM (SELECT DISTINCT tenant, patient_id FROM unnest($1::text[], $2::text[]) AS named(tenant, patient_id)
             WHERE NOT EXISTS (SELECT 1 FROM patient p
                               WHERE p.tenant = named.tenant COLLATE "C" AND p.patient_id = named.patient_id COLLATE "C")) absent
     ) fresh`,
    named,
  );
  const rows = await transaction.query<PatientRow>(
    `SELECT id, tenant, patient_id, root, own_bsn_key, bsn_key, replaced_by, replaced_at_position FROM patient
     WHERE root IN (SELECT p.root FROM patient p JOIN unnest($1::text[], $2::text[]) AS named(tenant, patient_id)
                    ON p.tenant = named.tenant COLLATE "C" AND p.patient_id = named.patient_id COLLATE "C")`,
    named,
  );
  return rows.map(toNode);
}

/** Keys of the Patients that are known, by tenant and id; creates none. */
export async function findPatientKeys(
  transaction: Transaction,
  names: readonly PatientName[],
): Promise<Map<string, number>> {
  const rows = await transaction.query<{ id: number; tenant: string; patient_id: string }>(
    `SELECT p.id, p.tenant, p.patient_id FROM unnest($1::text[], $2::text[]) AS named(tenant, patient_id)
       JOIN patient p ON p.tenant = named.tenant COLLATE "C" AND p.patient_id = named.patient_id COLLATE "C"`,
    [names.map(({ tenant }) => tenant), names.map(({ patientId }) => patientId)],
  );
  return new Map(rows.map((row) => [`${row.tenant}/${row.patient_id}`, row.id]));
}

export async function savePatients(transaction: Transaction, nodes: readonly PatientNode[]): Promise<void> {
  if (nodes.length === 0) return;
  const rows = nodes.map((node) => ({
    id: node.key,
    root: node.root,
    own_bsn_key: node.ownBsnKey,
    bsn_key: node.bsnKey,
    replaced_by: node.replacedBy,
    replaced_at_position: node.replacedAtPosition,
  }));
  await transaction.query(
    `UPDATE patient p SET root = r.root, own_bsn_key = r.own_bsn_key, bsn_key = r.bsn_key,
       replaced_by = r.replaced_by, replaced_at_position = r.replaced_at_position
     FROM json_to_recordset($1) AS r(id bigint, root bigint, own_bsn_key text, bsn_key text, replaced_by text,
       replaced_at_position bigint)
     WHERE p.id = r.id`,
    [JSON.stringify(rows)],
  );
}

export interface PatientIdentifiers {
  readonly tenant: string;
  readonly patientKey: number;
  readonly identifierKeys: readonly string[];
}

/** Replaces the identifiers of Patients whose resource changed. */
export async function replaceIdentifiers(
  transaction: Transaction,
  changed: readonly PatientIdentifiers[],
): Promise<void> {
  if (changed.length === 0) return;
  const rows = changed.flatMap(({ tenant, patientKey, identifierKeys }) =>
    identifierKeys.map((key) => ({ tenant, identifier_key: key, patient_key: patientKey })),
  );
  await transaction.query(
    `WITH stated AS (
       SELECT * FROM json_to_recordset($2) AS s(tenant text, identifier_key text, patient_key bigint)
     ), gone AS (
       DELETE FROM patient_identifier i WHERE i.patient_key = ANY($1::bigint[]) AND NOT EXISTS (
         SELECT 1 FROM stated s WHERE s.patient_key = i.patient_key AND s.identifier_key = i.identifier_key)
     )
     INSERT INTO patient_identifier (tenant, identifier_key, patient_key)
     SELECT tenant, identifier_key, patient_key FROM stated ON CONFLICT DO NOTHING`,
    [changed.map(({ patientKey }) => patientKey), JSON.stringify(rows)],
  );
}

export interface PatientDemographics {
  readonly patientKey: number;
  readonly demographics: Demographics;
}

/** Keeps what tells Patients apart whose resource changed. */
export async function saveDemographics(
  transaction: Transaction,
  changed: readonly PatientDemographics[],
): Promise<void> {
  if (changed.length === 0) return;
  const rows = changed.map(({ patientKey, demographics: { birthKey, nameKeys } }) => ({
    id: patientKey,
    birth_key: birthKey,
    name_keys: nameKeys,
  }));
  await transaction.query(
    `UPDATE patient p SET birth_key = r.birth_key, name_keys = r.name_keys
       FROM json_to_recordset($1) AS r(id bigint, birth_key text, name_keys text[])
      WHERE p.id = r.id AND (p.birth_key, p.name_keys) IS DISTINCT FROM (r.birth_key, r.name_keys)`,
    [JSON.stringify(rows)],
  );
}

export interface SealedCitizenNumber {
  readonly tenant: string;
  readonly bsnKey: string;
  readonly sealed: Buffer;
}

export async function keepCitizenNumbers(
  transaction: Transaction,
  numbers: readonly SealedCitizenNumber[],
): Promise<void> {
  if (numbers.length === 0) return;
  await transaction.query(
    `INSERT INTO citizen_number (tenant, bsn_key, sealed)
     SELECT tenant, bsn_key, decode(sealed, 'hex') FROM json_to_recordset($1) AS n(tenant text, bsn_key text, sealed text)
     ON CONFLICT DO NOTHING`,
    [
      JSON.stringify(
        numbers.map(({ tenant, bsnKey, sealed }) => ({
          tenant,
          bsn_key: bsnKey,
          sealed: sealed.toString('hex'),
        })),
      ),
    ],
  );
}

function toNode(row: PatientRow): PatientNode {
  return {
    key: row.id,
    tenant: row.tenant,
    patientId: row.patient_id,
    root: row.root,
    ownBsnKey: row.own_bsn_key,
    bsnKey: row.bsn_key,
    replacedBy: row.replaced_by,
    replacedAtPosition: row.replaced_at_position,
  };
}
