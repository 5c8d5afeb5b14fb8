import { createHash } from 'node:crypto';
import type { Transaction } from '@samenhang/event-log';
import type { TableFiles, TableTest } from '@samenhang/mapping';

/** What is known of a set of tables, without the tables. */
export interface TableSetSummary {
  readonly version: number;
  /** SHA-256 of the tables as JSON. */
  readonly digest: string;
  readonly files: readonly string[];
  readonly tests: number;
  readonly note: string;
  /** Set that it takes up again. */
  readonly copyOf: number | null;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly activatedAt: Date | null;
  readonly activatedBy: string | null;
}

export interface StoredTables {
  readonly files: TableFiles;
  readonly tests: readonly TableTest[];
}

/** One writer at a time: versions are numbered without gaps, and an activation looks at the one before it. */
export async function lockTableSets(transaction: Transaction): Promise<void> {
  await transaction.query('LOCK TABLE table_set IN SHARE ROW EXCLUSIVE MODE');
}

export async function insertTableSet(
  transaction: Transaction,
  { files, tests }: StoredTables,
  { note, by, copyOf }: { readonly note: string; readonly by: string; readonly copyOf?: number },
): Promise<number> {
  const json = JSON.stringify(files);
  const digest = createHash('sha256').update(json).digest('hex');
  const [row] = await transaction.query<{ version: number }>(
    `INSERT INTO table_set (version, digest, files, tests, note, copy_of, created_by)
     SELECT coalesce(max(version), 0) + 1, $1, $2::jsonb, $3::jsonb, $4, $5::integer, $6 FROM table_set
     RETURNING version`,
    [digest, json, JSON.stringify(tests), note, copyOf ?? null, by],
  );
  return row?.version ?? 0;
}

const SUMMARY = `s.version, s.digest, ARRAY(SELECT jsonb_object_keys(s.files) ORDER BY 1) AS files,
  jsonb_array_length(s.tests) AS tests, s.note, s.copy_of AS "copyOf", s.created_at AS "createdAt",
  s.created_by AS "createdBy", a.activated_at AS "activatedAt", a.activated_by AS "activatedBy"`;

export function listTableSets(transaction: Transaction, limit: number): Promise<TableSetSummary[]> {
  return transaction.query<TableSetSummary & Record<string, unknown>>(
    `SELECT ${SUMMARY} FROM table_set s LEFT JOIN table_activation a USING (version) ORDER BY s.version DESC LIMIT $1`,
    [limit],
  );
}

export async function findTableSet(
  transaction: Transaction,
  version: number,
): Promise<TableSetSummary | undefined> {
  const [summary] = await transaction.query<TableSetSummary & Record<string, unknown>>(
    `SELECT ${SUMMARY} FROM table_set s LEFT JOIN table_activation a USING (version) WHERE s.version = $1`,
    [version],
  );
  return summary;
}

export async function loadTables(
  transaction: Transaction,
  version: number,
): Promise<StoredTables | undefined> {
  const [row] = await transaction.query<{ files: TableFiles; tests: TableTest[] }>(
    'SELECT files, tests FROM table_set WHERE version = $1',
    [version],
  );
  return row;
}

/** The version in use; undefined while no set was ever activated. */
export async function findActiveVersion(transaction: Transaction): Promise<number | undefined> {
  const [row] = await transaction.query<{ version: number | null }>(
    'SELECT max(version) AS version FROM table_activation',
  );
  return row?.version ?? undefined;
}

export async function insertActivation(transaction: Transaction, version: number, by: string): Promise<void> {
  await transaction.query('INSERT INTO table_activation (version, activated_by) VALUES ($1, $2)', [
    version,
    by,
  ]);
}
