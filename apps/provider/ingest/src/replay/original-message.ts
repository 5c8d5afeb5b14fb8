import type { MessageId, SourceFormat, SourceId, Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import type { ReplayCriteria } from './replay-criteria.js';

/** A message as its source sent it, and the quarantine entry that is still open about it or its latest replay. */
export interface OriginalMessage {
  readonly id: MessageId;
  readonly source: SourceId;
  readonly position: number;
  readonly receivedAt: Date;
  readonly format: SourceFormat;
  readonly controlId: string | null;
  readonly orderingKey: string;
  readonly accepted: boolean;
  readonly content: Buffer;
  readonly entryId: string | null;
}

const OPEN_ENTRY = `
  SELECT q.id FROM quarantine q
   WHERE q.replayed_at IS NULL
     AND q.message_id IN (SELECT m.id UNION ALL SELECT r.id FROM message r WHERE r.original_id = m.id)
   ORDER BY q.created_at DESC LIMIT 1`;

const COLUMNS = `m.id, m.source, m.position, m.received_at AS "receivedAt", m.format, m.control_id AS "controlId",
  m.ordering_key AS "orderingKey", m.accepted, m.content, (${OPEN_ENTRY}) AS "entryId"`;

/** Selects by the criteria ($1 to $8); replays are found through their originals. */
const SELECTED = `m.tenant = $1 AND m.source = $2 AND m.replay_of IS NULL AND m.position > $3 AND m.position <= $4
  AND ($5::timestamptz IS NULL OR m.received_at >= $5) AND ($6::timestamptz IS NULL OR m.received_at < $6)
  AND ($7::text IS NULL OR m.message_type = $7 OR m.message_type LIKE $7 || '^%')
  AND ($8::text IS NULL
       OR EXISTS (SELECT 1 FROM coverage_messages c WHERE c.tenant = m.tenant AND c.source = m.source
                     AND c.mapping_version = $8 AND m.position BETWEEN c.first_position AND c.last_position)
       OR EXISTS (SELECT 1 FROM quarantine q WHERE q.message_id = m.id
                     AND (split_part(q.mapping_version, '+', 1) = $8 OR q.mapping_version = $8
                          OR starts_with(q.mapping_version, $8 || '.'))))
  AND (NOT $9::boolean OR EXISTS (${OPEN_ENTRY}))`;

export interface PositionRange {
  /** Not included. */
  readonly after: number;
  readonly last: number;
}

export interface PageLimits {
  readonly messages: number;
  /** A page holds at least one message, and no further one once it is this large. */
  readonly bytes: number;
}

/** The next messages by position, as many as fit. */
export async function selectOriginals(
  transaction: Transaction,
  tenant: Ura,
  criteria: ReplayCriteria,
  range: PositionRange,
  limits: PageLimits,
): Promise<OriginalMessage[]> {
  return transaction.query<OriginalMessage & Record<string, unknown>>(
    `WITH page AS (
       SELECT m.id, m.position, octet_length(m.content) AS size FROM message m
        WHERE ${SELECTED} ORDER BY m.position LIMIT $10
     ), fitting AS (
       SELECT id, position, sum(size) OVER (ORDER BY position) - size AS before FROM page
     )
     SELECT ${COLUMNS} FROM fitting f JOIN message m ON m.id = f.id WHERE f.before < $11 ORDER BY m.position`,
    [...parametersOf(tenant, criteria, range), limits.messages, limits.bytes],
  );
}

export async function countOriginals(
  transaction: Transaction,
  tenant: Ura,
  criteria: ReplayCriteria,
  range: PositionRange,
): Promise<number> {
  const rows = await transaction.query<{ count: number }>(
    `SELECT count(*) AS count FROM message m WHERE ${SELECTED}`,
    parametersOf(tenant, criteria, range),
  );
  return rows[0]?.count ?? 0;
}

/** How far the source has come: what arrives later is not of this replay. */
export async function findLastPosition(
  transaction: Transaction,
  tenant: Ura,
  source: SourceId,
): Promise<number | undefined> {
  const rows = await transaction.query<{ last_position: number }>(
    'SELECT last_position FROM source WHERE tenant = $1 AND id = $2',
    [tenant, source],
  );
  return rows[0]?.last_position;
}

/** The message of a quarantine entry, locked against a second replay. */
export async function lockEntry(
  transaction: Transaction,
  tenant: Ura,
  entryId: string,
): Promise<
  (OriginalMessage & { readonly replayedAt: Date | null; readonly originalId: MessageId }) | undefined
> {
  const rows = await transaction.query<
    OriginalMessage & { replayedAt: Date | null; originalId: MessageId } & Record<string, unknown>
  >(
    `SELECT ${COLUMNS.replace(`(${OPEN_ENTRY})`, 'q.id')}, q.replayed_at AS "replayedAt",
            coalesce(m.original_id, m.id) AS "originalId"
       FROM quarantine q JOIN message m ON m.id = q.message_id
      WHERE q.id = $1 AND q.tenant = $2 FOR UPDATE OF q`,
    [entryId, tenant],
  );
  return rows[0];
}

function parametersOf(
  tenant: Ura,
  { source, from, until, type, mappingVersion, quarantined }: ReplayCriteria,
  { after, last }: PositionRange,
): unknown[] {
  return [
    tenant,
    source,
    after,
    last,
    from ?? null,
    until ?? null,
    type ?? null,
    mappingVersion ?? null,
    quarantined,
  ];
}
