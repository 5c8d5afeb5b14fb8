import type { Transaction } from '@samenhang/event-log';
import { indexResource } from './index-resource.js';
import {
  keyOf,
  type PlannedVersion,
  type ResourceKey,
  type ResourceState,
  type WritePlan,
} from './plan-writes.js';

interface StateRow {
  tenant: string;
  type: string;
  id: string;
  version: number;
  patient_key: number | null;
  category: string | null;
  source_id: string;
  source_position: number;
  received_at: Date;
  mapping_version: string;
  deleted: boolean;
  mentioned: boolean;
  content_hash: Buffer | null;
}

export async function loadStates(
  transaction: Transaction,
  keys: readonly ResourceKey[],
): Promise<ResourceState[]> {
  const rows = await transaction.query<StateRow>(
    `SELECT r.tenant, r.type, r.id, r.version, r.patient_key, r.category, r.source_id, r.source_position, r.received_at,
       r.mapping_version, r.deleted, r.mentioned, r.content_hash
     FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::text[], $3::text[]) AS k(tenant, type, id)) AS k
     JOIN resource r ON r.tenant = k.tenant COLLATE "C" AND r.type = k.type COLLATE "C" AND r.id = k.id COLLATE "C"`,
    [keys.map(({ tenant }) => tenant), keys.map(({ type }) => type), keys.map(({ id }) => id)],
  );
  return rows.map((row) => ({
    tenant: row.tenant,
    type: row.type,
    id: row.id,
    version: row.version,
    patientKey: row.patient_key,
    category: row.category,
    deleted: row.deleted,
    mentioned: row.mentioned,
    contentHash: row.content_hash === null ? null : row.content_hash.toString('hex'),
    stamp: {
      sourceId: row.source_id,
      position: row.source_position,
      receivedAt: row.received_at.toISOString(),
      mappingVersion: row.mapping_version,
    },
  }));
}

/** Bodies of what is stored, by key (see `keyOf`). */
export async function loadBodies(
  transaction: Transaction,
  keys: readonly ResourceKey[],
): Promise<Map<string, string>> {
  if (keys.length === 0) return new Map();
  const rows = await transaction.query<ResourceKey & { body: string | null }>(
    `SELECT r.tenant, r.type, r.id, r.body FROM unnest($1::text[], $2::text[], $3::text[]) AS k(tenant, type, id)
     JOIN resource r ON r.tenant = k.tenant COLLATE "C" AND r.type = k.type COLLATE "C" AND r.id = k.id COLLATE "C"`,
    [keys.map(({ tenant }) => tenant), keys.map(({ type }) => type), keys.map(({ id }) => id)],
  );
  return new Map(rows.flatMap((row) => (row.body === null ? [] : [[keyOf(row), row.body] as const])));
}

const versionColumns = `tenant text, type text, id text, version integer, last_updated timestamptz, patient_key bigint,
  category text, source_id text, source_position bigint, received_at timestamptz, mapping_version text, deleted boolean,
  mentioned boolean, content_hash text, body text`;
const names = `tenant, type, id, version, last_updated, patient_key, category, source_id, source_position, received_at,
  mapping_version, deleted, mentioned, content_hash, body`;

/** Writes a plan: what was current and is superseded moves to the history, then the new state takes its place. */
export async function writePlan(transaction: Transaction, plan: WritePlan, at: Date): Promise<void> {
  if (plan.current.length === 0) return;
  const current = JSON.stringify(
    plan.current.map((version) => ({ ...toRow(version, at), ...toIndexColumns(version) })),
  );
  await transaction.query(
    `WITH incoming AS (
       SELECT * FROM json_to_recordset($1) AS i(${versionColumns}, effective_from timestamptz,
         effective_until timestamptz, code_hash bigint, tokens bigint[], links text[], details jsonb)
     ), archived AS (
       INSERT INTO resource_history (${names})
       SELECT ${names.replaceAll(/\w+/g, 'r.$&')} FROM resource r
       JOIN incoming i ON r.tenant = i.tenant COLLATE "C" AND r.type = i.type COLLATE "C" AND r.id = i.id COLLATE "C"
       WHERE i.version > r.version
     )
     INSERT INTO resource AS r (${names}, effective_from, effective_until, code_hash, tokens, links, details)
     SELECT tenant, type, id, version, last_updated, patient_key, category, source_id, source_position, received_at,
       mapping_version, deleted, mentioned, decode(content_hash, 'hex'), body, effective_from, effective_until, code_hash,
       tokens, links, details
     FROM incoming ORDER BY patient_key, type
     ON CONFLICT (tenant, type, id) DO UPDATE SET
       source_id = excluded.source_id, source_position = excluded.source_position, received_at = excluded.received_at,
       mapping_version = excluded.mapping_version, version = excluded.version, patient_key = excluded.patient_key,
       category = excluded.category, deleted = excluded.deleted, mentioned = excluded.mentioned,
       content_hash = excluded.content_hash,
       effective_from = excluded.effective_from, effective_until = excluded.effective_until,
       code_hash = excluded.code_hash, tokens = excluded.tokens, links = excluded.links,
       details = excluded.details,
       -- The same version again: only its place in the source's order moved on.
       last_updated = CASE WHEN r.version = excluded.version THEN r.last_updated ELSE excluded.last_updated END,
       body = CASE WHEN r.version = excluded.version THEN r.body ELSE excluded.body END`,
    [current],
  );
  await writeHistory(transaction, plan.superseded, at);
}

async function writeHistory(
  transaction: Transaction,
  versions: readonly PlannedVersion[],
  at: Date,
): Promise<void> {
  if (versions.length === 0) return;
  await transaction.query(
    `INSERT INTO resource_history (${names})
     SELECT ${names.replace('content_hash', `decode(content_hash, 'hex')`)} FROM json_to_recordset($1) AS i(${versionColumns})
     ON CONFLICT DO NOTHING`,
    [JSON.stringify(versions.map((version) => toRow(version, at)))],
  );
}

function toRow(version: PlannedVersion, at: Date): object {
  return {
    tenant: version.tenant,
    type: version.type,
    id: version.id,
    version: version.version,
    last_updated: at,
    patient_key: version.patientKey,
    category: version.category,
    source_id: version.stamp.sourceId,
    source_position: version.stamp.position,
    received_at: version.stamp.receivedAt,
    mapping_version: version.stamp.mappingVersion,
    deleted: version.deleted,
    mentioned: version.mentioned,
    content_hash: version.contentHash,
    body: version.change.content?.serialised.bodyOf(version.version, at) ?? null,
  };
}

function toIndexColumns({ change }: PlannedVersion): object {
  const index = change.content === null ? undefined : indexResource(change.content.resource);
  return {
    effective_from: index?.effectiveFrom ?? null,
    effective_until: index?.effectiveUntil ?? null,
    code_hash: index?.codeHash ?? null,
    tokens: `{${index?.tokens.join(',') ?? ''}}`,
    links: index?.links ?? [],
    details: index?.details ?? null,
  };
}
