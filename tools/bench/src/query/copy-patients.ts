import { getUra, identifierSystems } from '@samenhang/data-model';
import { getBsn, PatientKeyring } from '@samenhang/patient-identity';
import { CitizenNumberVault } from '@samenhang/record';
import type pg from 'pg';
import { holderTenant } from './holder-under-test.js';
import { personsOf } from './persons.js';

/** Keys of the n-th copy lie n times this far from those of the originals. */
const DISTANCE = 1_000_000;
const columns = `type, version, last_updated, category, source_id, source_position, received_at, mapping_version,
  deleted, mentioned, content_hash, body, effective_from, effective_until, code_hash, tokens, links, details`;

/** How often the originals were copied already. */
export async function countCopies(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ copies: number }>(
    `SELECT coalesce(max(id) / ${DISTANCE}, 0)::int AS copies FROM patient`,
  );
  return rows[0]?.copies ?? 0;
}

/**
 * Makes other persons with the facts of the originals, within the database. Patient by patient, so that one patient's rows lie
 * together, as they do in a record that grew.
 */
export async function copyPatients(
  client: pg.Client,
  patientSecret: Buffer,
  { after, until }: { readonly after: number; readonly until: number },
): Promise<void> {
  if (after >= until) return;
  await client.query('DROP INDEX IF EXISTS resource_of_patient');
  await client.query(
    `CREATE TEMP TABLE original AS SELECT * FROM resource WHERE patient_key < ${DISTANCE} ORDER BY patient_key, type`,
  );
  for (let copy = after + 1; copy <= until; copy += 1) {
    await copyPersons(client, patientSecret, copy);
    await client.query(
      `INSERT INTO resource (tenant, id, patient_key, ${columns})
       SELECT tenant, id || '-' || $1::text, patient_key + $1::bigint * ${DISTANCE}, ${columns} FROM original`,
      [copy],
    );
  }
  await client.query('DROP TABLE original');
  await client.query(
    `CREATE INDEX resource_of_patient ON resource (patient_key, type, effective_from DESC NULLS LAST)
     WHERE patient_key IS NOT NULL`,
  );
}

/** Each with a number of their own, found by its key and sealed, as the intake would have it. */
async function copyPersons(client: pg.Client, patientSecret: Buffer, copy: number): Promise<void> {
  const keyring = new PatientKeyring(patientSecret);
  const vault = new CitizenNumberVault(patientSecret);
  const tenant = getUra(holderTenant);
  const originals = personsOf().map(({ id }) => id);
  const numbers = personsOf(copy).map(({ bsn }) => getBsn(bsn));
  const keys = numbers.map((bsn) => keyring.keyOf(tenant, identifierSystems.bsn, bsn));
  const sealed = numbers.map((bsn, index) => vault.seal(tenant, keys[index] ?? '', bsn));
  await client.query(
    `INSERT INTO patient (id, tenant, patient_id, root, own_bsn_key, bsn_key)
     SELECT p.id + $1::bigint * ${DISTANCE}, p.tenant, p.patient_id || '-' || $1::text, p.root + $1::bigint * ${DISTANCE}, n.key, n.key
     FROM unnest($2::text[], $3::text[]) AS n(original, key) JOIN patient p ON p.tenant = $4 AND p.patient_id = n.original`,
    [copy, originals, keys, tenant],
  );
  await client.query(
    'INSERT INTO citizen_number (tenant, bsn_key, sealed) SELECT $1, key, sealed FROM unnest($2::text[], $3::bytea[]) AS n(key, sealed)',
    [tenant, keys, sealed],
  );
}
