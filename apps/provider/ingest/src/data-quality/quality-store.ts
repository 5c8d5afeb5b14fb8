import type { Transaction } from '@samenhang/event-log';

export interface QualitySelection {
  readonly tenant: string;
  readonly source: string;
  /** Days (ISO 8601), both included. */
  readonly from: string | undefined;
  readonly until: string | undefined;
}

export interface QualityCount {
  readonly kind: 'concept' | 'conformance' | 'delay' | 'repetition' | 'code';
  readonly type: string;
  readonly subject: string;
  readonly good: number;
  readonly bad: number;
  /** Messages in which it is not as it should be. */
  readonly examples: readonly string[];
}

const EXAMPLES = 3;

/** The counters by which quality is told, codes that could not be mapped among them by system. */
export async function findQuality(
  transaction: Transaction,
  { tenant, source, from, until }: QualitySelection,
): Promise<QualityCount[]> {
  return transaction.query<QualityCount & Record<string, unknown>>(
    `WITH counted AS (
       SELECT kind, CASE kind WHEN 'code' THEN '' ELSE message_type END AS type, path AS subject, used, count, examples
         FROM coverage_count
        WHERE tenant = $1 AND source = $2 AND ($3::date IS NULL OR day >= $3) AND ($4::date IS NULL OR day <= $4)
          AND kind IN ('concept', 'conformance', 'delay', 'repetition', 'code')
     )
     SELECT c.kind, c.type, c.subject, coalesce(sum(c.count) FILTER (WHERE c.used), 0)::bigint AS good,
            coalesce(sum(c.count) FILTER (WHERE NOT c.used), 0)::bigint AS bad,
            ARRAY(SELECT DISTINCT unnest(e.examples) FROM counted e
                   WHERE e.kind = c.kind AND e.type = c.type AND e.subject = c.subject AND NOT e.used
                   LIMIT ${EXAMPLES}) AS examples
       FROM counted c GROUP BY c.kind, c.type, c.subject ORDER BY c.kind, c.type, bad DESC, c.subject`,
    [tenant, source, from ?? null, until ?? null],
  );
}

export interface MessageCounts {
  readonly mapped: number;
  /** Still in quarantine. */
  readonly quarantined: number;
}

export async function countMessages(
  transaction: Transaction,
  { tenant, source, from, until }: QualitySelection,
): Promise<MessageCounts> {
  const [row] = await transaction.query<{ mapped: number; quarantined: number }>(
    `SELECT (SELECT coalesce(sum(messages), 0)::bigint FROM coverage_messages
              WHERE tenant = $1 AND source = $2 AND ($3::date IS NULL OR day >= $3) AND ($4::date IS NULL OR day <= $4)
            ) AS mapped,
            (SELECT count(*) FROM quarantine q JOIN message m ON m.id = q.message_id
              WHERE q.tenant = $1 AND m.source = $2 AND q.replayed_at IS NULL
                AND ($3::date IS NULL OR q.created_at >= $3) AND ($4::date IS NULL OR q.created_at < $4::date + 1)
            ) AS quarantined`,
    [tenant, source, from ?? null, until ?? null],
  );
  return row ?? { mapped: 0, quarantined: 0 };
}

/** What was delivered again, byte for byte: it had its effect the first time. */
export interface RetransmissionCounts {
  readonly messages: number;
  /** Files that were the same as the one before, and were not read. */
  readonly files: number;
}

export async function countRetransmissions(
  transaction: Transaction,
  { tenant, source, from, until }: QualitySelection,
): Promise<RetransmissionCounts> {
  const [row] = await transaction.query<{ messages: number; files: number }>(
    `SELECT (SELECT coalesce(sum(messages), 0)::bigint FROM retransmission_count
              WHERE tenant = $1 AND source = $2 AND ($3::date IS NULL OR day >= $3) AND ($4::date IS NULL OR day <= $4)
            ) AS messages,
            (SELECT count(*) FROM delivery
              WHERE tenant = $1 AND source = $2 AND state = 'duplicate'
                AND ($3::date IS NULL OR started_at >= $3) AND ($4::date IS NULL OR started_at < $4::date + 1)
            ) AS files`,
    [tenant, source, from ?? null, until ?? null],
  );
  return row ?? { messages: 0, files: 0 };
}
