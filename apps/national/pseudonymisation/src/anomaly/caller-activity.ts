import type { Transaction } from '@samenhang/event-log';
import type { AnomalySettings, CallerBaseline, CallerHour } from './find-anomalies.js';

/** One request, as far as it counts: never which points. */
export interface CallerAct {
  readonly organisation: string;
  readonly clientId: string;
  readonly recipient: string;
  readonly points: number;
  readonly isRefused: boolean;
}

// In one order of rows, so that two writers cannot wait for each other.
const COUNT = `
  INSERT INTO caller_activity AS known
         (organisation, client_id, recipient, hour, requests, refused, points, minute, minute_points, peak)
  SELECT organisation, client_id, recipient, date_trunc('hour', $6::timestamptz), count(*), count(*) FILTER (WHERE refused),
         sum(points), date_trunc('minute', $6::timestamptz), sum(points), sum(points)
    FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::boolean[])
      AS acts (organisation, client_id, recipient, points, refused)
   GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT (organisation, client_id, recipient, hour) DO UPDATE SET
    requests = known.requests + EXCLUDED.requests,
    refused = known.refused + EXCLUDED.refused,
    points = known.points + EXCLUDED.points,
    minute = greatest(known.minute, EXCLUDED.minute),
    minute_points = EXCLUDED.minute_points + CASE WHEN known.minute = EXCLUDED.minute THEN known.minute_points ELSE 0 END,
    peak = greatest(known.peak, EXCLUDED.minute_points
      + CASE WHEN known.minute = EXCLUDED.minute THEN known.minute_points ELSE 0 END)`;

export async function countActs(
  transaction: Transaction,
  acts: readonly CallerAct[],
  at: Date,
): Promise<void> {
  await transaction.query(COUNT, [
    acts.map(({ organisation }) => organisation),
    acts.map(({ clientId }) => clientId),
    acts.map(({ recipient }) => recipient),
    acts.map(({ points }) => points),
    acts.map(({ isRefused }) => isRefused),
    at,
  ]);
}

/** All callers of the hour that `at` lies in. */
export function readHour(transaction: Transaction, at: Date): Promise<CallerHour[]> {
  return transaction.query<CallerHour>(
    `SELECT organisation, client_id AS "clientId", hour, sum(requests)::float8 AS requests, sum(refused)::float8 AS refused,
            sum(points)::float8 AS points, sum(peak)::float8 AS peak, array_agg(recipient ORDER BY recipient) AS recipients
       FROM caller_activity WHERE hour = date_trunc('hour', $1::timestamptz) GROUP BY 1, 2, 3 ORDER BY 1, 2`,
    [at],
  );
}

/** What was usual for one caller in the days before. @returns undefined for a caller never seen before */
export async function readBaseline(
  transaction: Transaction,
  caller: Pick<CallerHour, 'organisation' | 'clientId' | 'hour'>,
  days: number,
  { offHours: [from, until], timeZone }: Pick<AnomalySettings, 'offHours' | 'timeZone'>,
): Promise<CallerBaseline | undefined> {
  const [row] = await transaction.query<CallerBaseline>(
    `WITH past AS (
       SELECT hour, sum(points) AS points, sum(peak) AS peak,
              extract(hour FROM hour AT TIME ZONE $5)::int AS local
         FROM caller_activity
        WHERE organisation = $1 AND client_id = $2 AND hour < $3 AND hour >= $3::timestamptz - make_interval(days => $4)
        GROUP BY hour)
     SELECT min(hour) AS "firstSeen", percentile_cont(0.95) WITHIN GROUP (ORDER BY points) AS points,
            percentile_cont(0.95) WITHIN GROUP (ORDER BY peak) AS peak,
            coalesce(percentile_cont(0.95) WITHIN GROUP (ORDER BY points)
              FILTER (WHERE CASE WHEN $6::int <= $7::int THEN local >= $6 AND local < $7 ELSE local >= $6 OR local < $7 END),
              0) AS "offHoursPoints",
            (SELECT array_agg(DISTINCT recipient) FROM caller_activity
              WHERE organisation = $1 AND client_id = $2 AND hour < $3) AS recipients
       FROM past HAVING count(*) > 0`,
    [caller.organisation, caller.clientId, caller.hour, days, timeZone, from, until],
  );
  return row;
}
