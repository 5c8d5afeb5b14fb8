import type { Transaction } from '@samenhang/event-log';
import type { Source } from '../sources/source.js';

/** A resource as last read from a pulled source. */
export interface ReadResource {
  readonly resourceType: string;
  readonly id: string;
  readonly contentHash: string;
}

/** How far a source has been read for a resource type; undefined before the first time. */
export async function findWatermark(
  transaction: Transaction,
  { tenant, id }: Source,
  resourceType: string,
): Promise<string | undefined> {
  const rows = await transaction.query<{ watermark: string }>(
    'SELECT watermark FROM pull_progress WHERE tenant = $1 AND source = $2 AND resource_type = $3',
    [tenant, id, resourceType],
  );
  return rows[0]?.watermark;
}

export async function saveWatermark(
  transaction: Transaction,
  { tenant, id }: Source,
  resourceType: string,
  watermark: string,
): Promise<void> {
  await transaction.query(
    `INSERT INTO pull_progress (tenant, source, resource_type, watermark) VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant, source, resource_type) DO UPDATE SET watermark = excluded.watermark`,
    [tenant, id, resourceType, watermark],
  );
}

/** Those of the resources that are new or have changed since they were last read. */
export async function findChanged<T extends ReadResource>(
  transaction: Transaction,
  { tenant, id }: Source,
  resources: readonly T[],
): Promise<T[]> {
  const rows = await transaction.query<{ resource_type: string; id: string; hash: string }>(
    `SELECT p.resource_type, p.id, encode(p.content_sha256, 'hex') AS hash
       FROM pulled_resource p JOIN unnest($3::text[], $4::text[]) AS r (resource_type, id) USING (resource_type, id)
      WHERE p.tenant = $1 AND p.source = $2`,
    [tenant, id, resources.map(({ resourceType }) => resourceType), resources.map((resource) => resource.id)],
  );
  const known = new Map(rows.map((row) => [`${row.resource_type}/${row.id}`, row.hash]));
  return resources.filter(
    (resource) => known.get(`${resource.resourceType}/${resource.id}`) !== resource.contentHash,
  );
}

export async function saveRead(
  transaction: Transaction,
  { tenant, id }: Source,
  resources: readonly ReadResource[],
): Promise<void> {
  // A page may hold a resource twice; the later one counts.
  const last = new Map(resources.map((resource) => [`${resource.resourceType}/${resource.id}`, resource]));
  await transaction.query(
    `INSERT INTO pulled_resource (tenant, source, resource_type, id, content_sha256)
     SELECT $1, $2, r."resourceType", r.id, decode(r."contentHash", 'hex')
       FROM json_to_recordset($3::json) AS r ("resourceType" text, id text, "contentHash" text)
     ON CONFLICT (tenant, source, resource_type, id) DO UPDATE SET content_sha256 = excluded.content_sha256`,
    [tenant, id, JSON.stringify([...last.values()])],
  );
}
