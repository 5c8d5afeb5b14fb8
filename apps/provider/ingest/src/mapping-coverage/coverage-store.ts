import type { EventEnvelope } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';

/** Messages to look at are named, a few for each path. */
const EXAMPLES = 3;

type Observed = EventEnvelope<'mapping.observed'>;

/** Sets down what was observed on a day, to be added up later: two statements, however many events. */
export async function addObservations(
  transaction: Transaction,
  events: readonly Observed[],
  day: Date,
): Promise<void> {
  const owned = events.filter(({ tenant }) => tenant !== null);
  if (owned.length === 0) return;
  const on = day.toISOString().slice(0, 10);
  await transaction.query(
    `INSERT INTO coverage_messages AS c (tenant, source, mapping_version, day, messages, first_position, last_position)
     SELECT tenant, source, mapping_version, $2::date, sum(messages), min(first), max(last)
       FROM json_to_recordset($1::json) AS o (
         tenant text, source text, mapping_version text, messages bigint, first bigint, last bigint)
      GROUP BY tenant, source, mapping_version ORDER BY tenant, source, mapping_version
     ON CONFLICT (tenant, source, mapping_version, day) DO UPDATE SET
       messages = c.messages + excluded.messages,
       first_position = least(c.first_position, excluded.first_position),
       last_position = greatest(c.last_position, excluded.last_position)`,
    [JSON.stringify(owned.map(toMessagesRow)), on],
  );
  const rows = owned.filter(({ payload }) => payload.observations.length > 0).map(toInboxRow);
  if (rows.length === 0) return;
  await transaction.query(
    `INSERT INTO coverage_inbox (tenant, source, mapping_version, day, observations)
     SELECT tenant, source, mapping_version, $2::date, observations
       FROM json_to_recordset($1::json) AS o (tenant text, source text, mapping_version text, observations jsonb)`,
    [JSON.stringify(rows), on],
  );
}

const FOLDED_AT_ONCE = 500;

/** Adds the oldest observations to the counters of their days. @returns how many events it added up */
export async function foldObservations(transaction: Transaction): Promise<number> {
  const [folded] = await transaction.query<{ events: number }>(
    `WITH taken AS (
       DELETE FROM coverage_inbox WHERE id IN (
         SELECT id FROM coverage_inbox ORDER BY id LIMIT ${FOLDED_AT_ONCE} FOR UPDATE SKIP LOCKED)
       RETURNING tenant, source, mapping_version, day, observations
     ), added AS (
       INSERT INTO coverage_count AS c (tenant, source, mapping_version, day, kind, message_type, path, code, used, count, examples)
       SELECT t.tenant, t.source, t.mapping_version, t.day, o.kind, o."messageType", o.path, coalesce(o.code, ''), o.used,
              sum(o.count), (array_agg(DISTINCT o."exampleMessageId"))[1:${EXAMPLES}]
         FROM taken t CROSS JOIN LATERAL jsonb_to_recordset(t.observations) AS o (
           kind text, "messageType" text, path text, code text, used boolean, count bigint, "exampleMessageId" uuid)
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9
       ON CONFLICT (tenant, source, mapping_version, day, kind, message_type, path, code, used) DO UPDATE SET
         count = c.count + excluded.count,
         examples = CASE WHEN cardinality(c.examples) >= ${EXAMPLES} THEN c.examples
                         ELSE (c.examples || excluded.examples)[1:${EXAMPLES}] END
     )
     SELECT count(*)::integer AS events FROM taken`,
  );
  return folded?.events ?? 0;
}

function toMessagesRow({ tenant, payload }: Observed): object {
  const { sourceId: source, mappingVersion: mapping_version, messages, positions } = payload;
  return {
    tenant,
    source,
    mapping_version,
    messages,
    first: positions?.first ?? null,
    last: positions?.last ?? null,
  };
}

function toInboxRow({ tenant, payload }: Observed): object {
  const { sourceId: source, mappingVersion: mapping_version } = payload;
  const observations = payload.observations.map((observation) => ({
    ...observation,
    messageType: storable(observation.messageType),
    path: storable(observation.path),
    code: storable(observation.code ?? ''),
  }));
  return { tenant, source, mapping_version, observations };
}

const LONGEST_TEXT = 200;

/** Types, paths and codes are the sender's: what the database refuses, or an index cannot hold, is not let in. */
function storable(text: string): string {
  return text.replaceAll('\0', '').slice(0, LONGEST_TEXT).toWellFormed();
}

/** Which part of the counters a report is about. */
export interface CoverageSelection {
  readonly tenant: string;
  readonly source: string;
  readonly mappingVersion: string | undefined;
  /** Days (ISO 8601), both included. */
  readonly from: string | undefined;
  readonly until: string | undefined;
}

export interface CoverageEntry {
  readonly kind: string;
  readonly messageType: string;
  readonly path: string;
  readonly code: string | null;
  readonly used: number;
  readonly unused: number;
  readonly examples: readonly string[];
}

export interface MappedMessages {
  readonly mappingVersion: string;
  readonly messages: number;
  readonly firstDay: string;
  readonly lastDay: string;
}

const SELECTED = `tenant = $1 AND source = $2 AND ($3::text IS NULL OR mapping_version = $3)
  AND ($4::date IS NULL OR day >= $4) AND ($5::date IS NULL OR day <= $5)`;

export async function findMappedMessages(
  transaction: Transaction,
  selection: CoverageSelection,
): Promise<MappedMessages[]> {
  return transaction.query<MappedMessages & Record<string, unknown>>(
    `SELECT mapping_version AS "mappingVersion", sum(messages)::bigint AS messages, min(day)::text AS "firstDay",
            max(day)::text AS "lastDay"
       FROM coverage_messages WHERE ${SELECTED} GROUP BY mapping_version ORDER BY max(day) DESC, mapping_version DESC`,
    parametersOf(selection),
  );
}

/** What was used least comes first; `unusedOnly` leaves out what was always used. */
export async function findCoverage(
  transaction: Transaction,
  selection: CoverageSelection,
  page: { readonly unusedOnly: boolean; readonly limit: number; readonly offset: number },
): Promise<CoverageEntry[]> {
  return transaction.query<CoverageEntry & Record<string, unknown>>(
    `WITH counted AS (
       SELECT kind, message_type, path, code, used, count, examples FROM coverage_count
        WHERE ${SELECTED} AND kind NOT IN ('concept', 'conformance', 'delay', 'repetition')
     ), entries AS (
       SELECT kind, message_type, path, nullif(code, '') AS code,
              coalesce(sum(count) FILTER (WHERE used), 0)::bigint AS used,
              coalesce(sum(count) FILTER (WHERE NOT used), 0)::bigint AS unused
         FROM counted GROUP BY kind, message_type, path, code
     )
     SELECT e.kind, e.message_type AS "messageType", e.path, e.code, e.used, e.unused,
            ARRAY(SELECT DISTINCT unnest(c.examples) FROM counted c
                   WHERE c.kind = e.kind AND c.message_type = e.message_type AND c.path = e.path
                     AND c.code = coalesce(e.code, '') AND c.used = (e.unused = 0) LIMIT ${EXAMPLES}) AS examples
       FROM entries e WHERE e.unused > 0 OR NOT $6::boolean
      ORDER BY e.unused DESC, e.message_type, e.path, e.code NULLS FIRST, e.kind LIMIT $7 OFFSET $8`,
    [...parametersOf(selection), page.unusedOnly, page.limit, page.offset],
  );
}

function parametersOf({ tenant, source, mappingVersion, from, until }: CoverageSelection): unknown[] {
  return [tenant, source, mappingVersion ?? null, from ?? null, until ?? null];
}
