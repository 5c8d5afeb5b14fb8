import type { Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import type { DataSource } from 'typeorm';
import type { DirectoryType } from './directory-types.js';
import type { SearchColumns } from './search-columns.js';

export interface StoredResource {
  readonly resourceType: DirectoryType;
  readonly id: string;
  readonly version: number;
  readonly custodian: Ura;
  readonly lastUpdated: Date;
  /** Serialised resource, `meta` included. */
  readonly content: string;
}

export interface ResourceKey {
  readonly resourceType: DirectoryType;
  readonly id: string;
}

export interface NewVersion extends ResourceKey, SearchColumns {
  readonly version: number;
  readonly custodian: Ura;
  readonly lastUpdated: Date;
  readonly content: string;
}

export const storedColumns = `resource_type AS "resourceType", id, version, custodian, last_updated AS "lastUpdated", content`;

/** Rows are locked in key order, so that concurrent transactions cannot deadlock. */
export function lockAll(transaction: Transaction, keys: readonly ResourceKey[]): Promise<StoredResource[]> {
  return transaction.query<StoredResource>(
    `SELECT ${storedColumns} FROM resource
      WHERE (resource_type, id) IN (SELECT * FROM unnest($1::text[], $2::text[]))
      ORDER BY resource_type, id FOR UPDATE`,
    [keys.map((key) => key.resourceType), keys.map((key) => key.id)],
  );
}

/** @returns false when another transaction wrote this resource meanwhile */
export async function writeVersion(transaction: Transaction, row: NewVersion): Promise<boolean> {
  const written = await transaction.query(
    `INSERT INTO resource AS present (resource_type, id, version, custodian, last_updated, active, status, name,
                                      identifiers, resource_references, content)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     ON CONFLICT (resource_type, id) DO UPDATE
        SET version = EXCLUDED.version, last_updated = EXCLUDED.last_updated, active = EXCLUDED.active,
            status = EXCLUDED.status, name = EXCLUDED.name, identifiers = EXCLUDED.identifiers,
            resource_references = EXCLUDED.resource_references, content = EXCLUDED.content
      WHERE present.version = EXCLUDED.version - 1 AND present.custodian = EXCLUDED.custodian
     RETURNING id`,
    [
      row.resourceType,
      row.id,
      row.version,
      row.custodian,
      row.lastUpdated,
      row.active,
      row.status,
      row.name,
      row.identifiers,
      row.references,
      row.content,
    ],
  );
  if (written.length === 0) return false;
  await transaction.query(
    `INSERT INTO resource_version (resource_type, id, version, last_updated, content) VALUES ($1, $2, $3, $4, $5)`,
    [row.resourceType, row.id, row.version, row.lastUpdated, row.content],
  );
  return true;
}

export async function findVersion(
  database: Pick<DataSource, 'query'>,
  key: ResourceKey,
  version: number | undefined,
): Promise<Pick<StoredResource, 'version' | 'lastUpdated' | 'content'> | undefined> {
  const [row] = await database.query<Pick<StoredResource, 'version' | 'lastUpdated' | 'content'>[]>(
    `SELECT version, last_updated AS "lastUpdated", content FROM resource_version
      WHERE resource_type = $1 AND id = $2 AND ($3::int IS NULL OR version = $3)
      ORDER BY version DESC LIMIT 1`,
    [key.resourceType, key.id, version ?? null],
  );
  return row;
}

/** E.g. `{organization: 4, endpoint: 4}` */
export async function countByType(database: Pick<DataSource, 'query'>): Promise<Record<string, number>> {
  const rows = await database.query<{ type: string; count: number }[]>(
    'SELECT resource_type AS type, count(*) AS count FROM resource GROUP BY resource_type',
  );
  return Object.fromEntries(
    rows.map(({ type, count }) => [`${type.charAt(0).toLowerCase()}${type.slice(1)}`, count]),
  );
}
