import type { Transaction } from '@samenhang/event-log';
import type { Source } from '../sources/source.js';
import type { PulledEntry } from './pulled-entries.js';

/** How far a source has been read for a resource type (or as a whole); a round that is under way goes on from `round`. */
export interface Progress<Round> {
  readonly watermark: string | undefined;
  readonly round: Round | undefined;
}

export async function findProgress<Round>(
  transaction: Transaction,
  { tenant, id }: Source,
  unit: string,
): Promise<Progress<Round>> {
  const rows = await transaction.query<{ watermark: string | null; round: Round | null }>(
    'SELECT watermark, round FROM pull_progress WHERE tenant = $1 AND source = $2 AND resource_type = $3',
    [tenant, id, unit],
  );
  return { watermark: rows[0]?.watermark ?? undefined, round: rows[0]?.round ?? undefined };
}

/** Without a round, one was completed. */
export async function saveProgress(
  transaction: Transaction,
  { tenant, id }: Source,
  unit: string,
  { watermark, round }: Progress<object>,
): Promise<void> {
  await transaction.query(
    `INSERT INTO pull_progress AS p (tenant, source, resource_type, watermark, round, completed_at)
     VALUES ($1, $2, $3, $4, $5::jsonb, CASE WHEN $5::jsonb IS NULL THEN now() END)
     ON CONFLICT (tenant, source, resource_type) DO UPDATE
       SET watermark = excluded.watermark, round = excluded.round,
           completed_at = coalesce(excluded.completed_at, p.completed_at)`,
    [tenant, id, unit, watermark ?? null, round === undefined ? null : JSON.stringify(round)],
  );
}

/** A resource as it was last read. */
export interface KnownResource {
  readonly contentHash: string;
  readonly orderingKey: string | null;
  readonly changedAt: Date | null;
}

/** What is known of the resources, by `type/id`. */
export async function findKnownResources(
  transaction: Transaction,
  { tenant, id }: Source,
  entries: readonly PulledEntry[],
): Promise<Map<string, KnownResource>> {
  const rows = await transaction.query<KnownResource & { resourceType: string; id: string }>(
    `SELECT p.resource_type AS "resourceType", p.id, encode(p.content_sha256, 'hex') AS "contentHash",
            p.ordering_key AS "orderingKey", p.last_updated AS "changedAt"
       FROM pulled_resource p JOIN unnest($3::text[], $4::text[]) AS r (resource_type, id) USING (resource_type, id)
      WHERE p.tenant = $1 AND p.source = $2`,
    [tenant, id, entries.map(({ resourceType }) => resourceType), entries.map((entry) => entry.id)],
  );
  return new Map(rows.map((row) => [`${row.resourceType}/${row.id}`, row]));
}

export async function saveRead(
  transaction: Transaction,
  { tenant, id }: Source,
  entries: readonly (PulledEntry & { readonly orderingKey: string })[],
): Promise<void> {
  const rows = entries.map(({ resourceType, id: resourceId, contentHash, orderingKey, changedAt }) => ({
    resourceType,
    id: resourceId,
    contentHash,
    orderingKey,
    changedAt: changedAt ?? null,
  }));
  await transaction.query(
    `INSERT INTO pulled_resource (tenant, source, resource_type, id, content_sha256, ordering_key, last_updated)
     SELECT $1, $2, r."resourceType", r.id, decode(r."contentHash", 'hex'), r."orderingKey", r."changedAt"
       FROM json_to_recordset($3::json)
         AS r ("resourceType" text, id text, "contentHash" text, "orderingKey" text, "changedAt" timestamptz)
     ON CONFLICT (tenant, source, resource_type, id) DO UPDATE
       SET content_sha256 = excluded.content_sha256, ordering_key = excluded.ordering_key,
           last_updated = excluded.last_updated`,
    [tenant, id, JSON.stringify(rows)],
  );
}
