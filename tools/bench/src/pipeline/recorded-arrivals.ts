import { setTimeout as delay } from 'node:timers/promises';
import { readStatus, type Surroundings } from '@samenhang/demo';
import pg from 'pg';

const SETTLE_TIMEOUT_MS = 300_000;

/** What of one source's messages has been committed in the record since this was made. */
export interface RecordedArrivals {
  /** Waits until nothing is under way any more. @throws Error when fewer observations were recorded than expected */
  untilRecorded(expected: number): Promise<void>;
  /** Time (ms since 1970) at which the last resource of each message was committed, by the message's serial. */
  commitTimes(): Promise<ReadonlyMap<number, number>>;
  close(): Promise<void>;
}

export async function recordedSince(
  surroundings: Surroundings,
  postgresUrl: string,
  sourceId: string,
): Promise<RecordedArrivals> {
  const url = new URL(postgresUrl);
  url.pathname = '/samenhang';
  const client = new pg.Client({ connectionString: url.href });
  // The server stops before this connection when the benchmark ends early: its reason must be seen, not this.
  client.on('error', () => undefined);
  await client.connect();
  const count = async (): Promise<number> => {
    const { rows } = await client.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM record.resource WHERE source_id = $1 AND type = 'Observation' AND code_hash IS NOT NULL`,
      [sourceId],
    );
    return rows[0]?.n ?? 0;
  };
  const before = await count();
  const firstPosition = await lastPosition(client, sourceId);
  return {
    async untilRecorded(expected) {
      await untilIdle(surroundings);
      const arrived = (await count()) - before;
      if (arrived < expected)
        throw new Error(`Only ${arrived} of ${expected} resources of ${sourceId} were recorded`);
    },
    async commitTimes() {
      const { rows } = await client.query<{ serial: number; at: number }>(commitTimesQuery, [
        sourceId,
        firstPosition,
      ]);
      return new Map(rows.map(({ serial, at }) => [serial, at]));
    },
    close: () => client.end(),
  };
}

/** The serial stands in the generated message: order BENCH<n> in HL7 v2, resource id bp-<n>- in FHIR. */
const commitTimesQuery = `
  SELECT substring(convert_from(m.content, 'UTF8') from '(?:BENCH|bp-)([0-9]+)')::int AS serial,
         max(extract(epoch FROM pg_xact_commit_timestamp(r.xmin)) * 1000)::float8 AS at
    FROM ingest.message m
    JOIN record.resource r ON r.source_id = m.source AND r.source_position = m.position AND r.type = 'Observation'
   WHERE m.source = $1 AND m.position > $2
   GROUP BY 1`;

async function lastPosition(client: pg.Client, sourceId: string): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    'SELECT coalesce(max(position), 0)::float8 AS n FROM ingest.message WHERE source = $1',
    [sourceId],
  );
  return rows[0]?.n ?? 0;
}

/** The last steps of the write path: what they have behind them is queryable. */
async function untilIdle(surroundings: Surroundings): Promise<void> {
  const deadline = Date.now() + SETTLE_TIMEOUT_MS;
  for (;;) {
    const normalise = await readStatus(surroundings, 'normalise');
    const record = await readStatus(surroundings, 'record');
    const waiting = [...normalise.lag, ...record.lag].reduce((sum, entry) => sum + entry.waiting, 0);
    if (waiting === 0) return;
    if (Date.now() > deadline) throw new Error(`Still ${waiting} events waiting`);
    await delay(50);
  }
}
