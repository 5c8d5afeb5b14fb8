import type { Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import type { DataSource } from 'typeorm';
import type { ChangedRow } from '../changes/localisation-changes.js';
import type { NewRegistration, Registration, RegistrationFilter } from './registration.js';

const EXACT_COUNT_LIMIT = 1_000_000;
/** What a person is kept under, for one who may know an older pseudonym only: what that was re-keyed to as well. */
const withSuccessors = (hashes: string): string =>
  `(${hashes} || ARRAY(SELECT new_hash FROM pseudonym_successor WHERE old_hash = ANY (${hashes})))`;
const ROWS = `jsonb_to_recordset($1) AS row (id uuid, hash text, key_version integer, custodian text, category text, source text)`;
/** The same for many rows, as a join that the planner serves from the unique key. */
const CANDIDATES = `CROSS JOIN LATERAL (
         SELECT decode(row.hash, 'hex') AS hash
          UNION ALL SELECT new_hash FROM pseudonym_successor WHERE old_hash = decode(row.hash, 'hex')) AS candidate`;
const CHANGED = `pseudonym_hash AS "pseudonymHash", custodian, category, source`;
const COLUMNS = `id, custodian, category, source, created_at AS "createdAt"`;

/** Inserts what is not there yet, in key order so that concurrent Bundles cannot deadlock. @returns what is new, by id */
export async function insertMissing(
  transaction: Transaction,
  rows: readonly NewRegistration[],
): Promise<ReadonlyMap<string, ChangedRow>> {
  const inserted = await transaction.query<ChangedRow & { id: string }>(
    `INSERT INTO registration (id, pseudonym_hash, key_version, custodian, category, source)
     SELECT row.id, coalesce(successor.new_hash, decode(row.hash, 'hex')),
            coalesce(successor.new_version, row.key_version), row.custodian, row.category, row.source
       FROM ${ROWS}
       LEFT JOIN LATERAL (SELECT new_hash, new_version FROM pseudonym_successor
                           WHERE old_hash = decode(row.hash, 'hex') LIMIT 1) AS successor ON true
      ORDER BY 2, 4, 5, 6
     ON CONFLICT ON CONSTRAINT registration_once DO NOTHING
     RETURNING id, ${CHANGED}`,
    [JSON.stringify(rows.map(toRecord))],
  );
  return new Map(inserted.map(({ id, ...row }) => [id, row]));
}

/** The stored registrations with the keys of the given ones, in the order given. */
export async function findByKeys(
  transaction: Transaction,
  rows: readonly NewRegistration[],
): Promise<readonly (Registration | undefined)[]> {
  const found = await transaction.query<Registration & { wanted: string }>(
    `SELECT row.id AS wanted, stored.id, stored.custodian, stored.category, stored.source,
            stored.created_at AS "createdAt"
       FROM ${ROWS} ${CANDIDATES}
       JOIN registration AS stored
         ON stored.pseudonym_hash = candidate.hash
        AND stored.custodian = row.custodian AND stored.category = row.category AND stored.source = row.source`,
    [JSON.stringify(rows.map(toRecord))],
  );
  const byWanted = new Map(found.map(({ wanted, ...registration }) => [wanted, registration]));
  return rows.map((row) => byWanted.get(row.id));
}

/** One custodian's own registrations, a page at a time in the order of their ids. */
export function findOwn(
  transaction: Transaction,
  custodian: Ura,
  filter: RegistrationFilter,
  page: { readonly after: string | undefined; readonly size: number },
): Promise<Registration[]> {
  const { clause, values } = whereOwn(custodian, filter);
  return transaction.query<Registration>(
    `SELECT ${COLUMNS} FROM registration WHERE ${clause} AND ($${values.length + 1}::uuid IS NULL OR id > $${values.length + 1})
      ORDER BY id LIMIT $${values.length + 2}`,
    [...values, page.after ?? null, page.size],
  );
}

export async function countOwn(
  transaction: Transaction,
  custodian: Ura,
  filter: RegistrationFilter,
): Promise<number> {
  const { clause, values } = whereOwn(custodian, filter);
  const [row] = await transaction.query<{ count: number }>(
    `SELECT count(*) AS count FROM registration WHERE ${clause}`,
    values,
  );
  return row?.count ?? 0;
}

export async function findOwnById(
  transaction: Transaction,
  custodian: Ura,
  id: string,
): Promise<Registration | undefined> {
  const [row] = await transaction.query<Registration>(
    `SELECT ${COLUMNS} FROM registration WHERE id = $1 AND custodian = $2`,
    [id, custodian],
  );
  return row;
}

/** @returns what was deleted */
export function deleteOwnById(transaction: Transaction, custodian: Ura, id: string): Promise<ChangedRow[]> {
  return transaction.query<ChangedRow>(
    `DELETE FROM registration WHERE id = $1 AND custodian = $2 RETURNING ${CHANGED}`,
    [id, custodian],
  );
}

/** @returns what was deleted */
export function deleteOwn(
  transaction: Transaction,
  custodian: Ura,
  filter: RegistrationFilter,
): Promise<ChangedRow[]> {
  const { clause, values } = whereOwn(custodian, filter);
  return transaction.query<ChangedRow>(
    `DELETE FROM registration WHERE ${clause} RETURNING ${CHANGED}`,
    values,
  );
}

/** Deletes the registrations with these keys. @returns what was there, by the id of the given row */
export async function deleteByKeys(
  transaction: Transaction,
  rows: readonly NewRegistration[],
): Promise<ReadonlyMap<string, ChangedRow>> {
  if (rows.length === 0) return new Map();
  const deleted = await transaction.query<ChangedRow & { wanted: string }>(
    `WITH wanted AS (
       SELECT row.id AS wanted, stored.id FROM ${ROWS} ${CANDIDATES}
         JOIN registration AS stored
           ON stored.pseudonym_hash = candidate.hash
          AND stored.custodian = row.custodian
          AND stored.category = row.category AND stored.source = row.source
        ORDER BY row.hash, row.custodian, row.category, row.source FOR UPDATE OF stored)
     DELETE FROM registration USING wanted WHERE registration.id = wanted.id
     RETURNING wanted.wanted, ${CHANGED}`,
    [JSON.stringify(rows.map(toRecord))],
  );
  return new Map(deleted.map(({ wanted, ...row }) => [wanted, row]));
}

function whereOwn(custodian: Ura, filter: RegistrationFilter): { clause: string; values: unknown[] } {
  const values: unknown[] = [custodian];
  const conditions = ['custodian = $1'];
  const narrow = (condition: (parameter: string) => string, value: unknown): void => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  narrow(
    (parameter) => `pseudonym_hash = ANY (${withSuccessors(`${parameter}::bytea[]`)})`,
    filter.pseudonymHashes,
  );
  narrow((parameter) => `source = ${parameter}`, filter.source);
  narrow((parameter) => `category = ANY (${parameter}::text[])`, filter.categories);
  if (filter.bucket !== undefined) {
    narrow((parameter) => `id >= ${parameter}::uuid`, `${filter.bucket}000000-0000-0000-0000-000000000000`);
    narrow((parameter) => `id <= ${parameter}::uuid`, `${filter.bucket}ffffff-ffff-ffff-ffff-ffffffffffff`);
  }
  return { clause: conditions.join(' AND '), values };
}

function toRecord(row: NewRegistration): Record<string, string | number> {
  const { id, custodian, category, source, keyVersion } = row;
  const hash = row.pseudonymHash.toString('hex');
  return { id, custodian, category, source, key_version: keyVersion, hash };
}

/** Exact while the index is small; beyond that the planner's estimate, which costs nothing. */
export async function countAll(database: Pick<DataSource, 'query'>): Promise<number> {
  const [{ estimate }] = await database.query<[{ estimate: number }]>(
    `SELECT reltuples::bigint AS estimate FROM pg_class WHERE oid = 'registration'::regclass`,
  );
  if (estimate > EXACT_COUNT_LIMIT) return estimate;
  const [{ count }] = await database.query<[{ count: number }]>('SELECT count(*) AS count FROM registration');
  return count;
}
