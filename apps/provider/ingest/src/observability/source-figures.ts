import type { Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';

/** How a source fares, as the database knows it. */
export interface SourceFigures {
  readonly tenant: string;
  readonly source: string;
  /** Messages that arrived since it was first declared. */
  readonly messages: number;
  /** Accepted messages that the mapping has not come to; counting stops where nobody cares any more. */
  readonly waiting: number;
  /** When the oldest of them arrived. */
  readonly waitingSince: Date | null;
  readonly lastReceivedAt: Date | null;
  readonly quarantined: number;
}

const MOST_COUNTED = 100_000;

/** Of the active sources: those of one care provider, or of all. */
export async function findSourceFigures(transaction: Transaction, tenant?: Ura): Promise<SourceFigures[]> {
  return transaction.query<SourceFigures & Record<string, unknown>>(
    `SELECT s.tenant, s.id AS source, s.last_position AS messages, behind.waiting, behind.since AS "waitingSince",
            last.at AS "lastReceivedAt",
            (SELECT count(*) FROM quarantine q
              WHERE q.tenant = s.tenant AND q.source = s.id AND q.replayed_at IS NULL)::integer AS quarantined
       FROM source s
       LEFT JOIN LATERAL (SELECT max(c.last_position) AS position FROM coverage_messages c
                           WHERE c.tenant = s.tenant AND c.source = s.id) AS mapped ON true
       LEFT JOIN LATERAL (SELECT count(*)::integer AS waiting, min(w.received_at) AS since FROM (
                            SELECT m.received_at FROM message m
                             WHERE m.tenant = s.tenant AND m.source = s.id AND m.replay_of IS NULL AND m.accepted
                               AND m.position > coalesce(mapped.position, 0)
                             ORDER BY m.position LIMIT ${MOST_COUNTED}) AS w) AS behind ON true
       LEFT JOIN LATERAL (SELECT m.received_at AS at FROM message m
                           WHERE m.tenant = s.tenant AND m.source = s.id AND m.replay_of IS NULL
                           ORDER BY m.position DESC LIMIT 1) AS last ON true
      WHERE s.active AND ($1::text IS NULL OR s.tenant = $1)`,
    [tenant ?? null],
  );
}
