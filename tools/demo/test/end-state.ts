import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

/**
 * What an installation holds in the end, without times and run-dependent numbers: two runs on the same input must
 * agree on it, whatever went wrong on the way.
 */
export interface EndState {
  readonly messages: readonly string[];
  readonly quarantine: readonly string[];
  readonly resources: readonly string[];
  readonly registrations: readonly string[];
}

const queries: Record<keyof EndState, string> = {
  // How pulled resources are cut into messages depends on when the source was asked; what came of them is in `resources`.
  messages: `SELECT concat_ws(' ', tenant, source, encode(content_sha256, 'hex')) AS row
               FROM ingest.message WHERE source <> 'his'`,
  quarantine: `SELECT concat_ws(' ', m.tenant, q.stage, q.reason_code, encode(m.content_sha256, 'hex')) AS row
                 FROM ingest.quarantine q JOIN ingest.message m ON m.id = q.message_id`,
  resources: `SELECT concat_ws(' ', tenant, type, id, deleted, encode(content_hash, 'hex')) AS row FROM record.resource`,
  registrations: `SELECT concat_ws(' ', custodian, category, count(*)) AS row FROM reference_index.registration GROUP BY custodian, category`,
};

export async function readEndState(portBase: number): Promise<EndState> {
  const client = new pg.Client({
    connectionString: `postgres://postgres@127.0.0.1:${portBase + 30}/samenhang`,
  });
  await client.connect();
  try {
    const state: Partial<Record<keyof EndState, string[]>> = {};
    for (const [part, query] of Object.entries(queries) as [keyof EndState, string][]) {
      const { rows } = await client.query<{ row: string }>(query);
      state[part] = rows.map(({ row }) => row).sort();
    }
    return state as EndState;
  } finally {
    await client.end();
  }
}

/** What one state has more or fewer of than another; nothing when they agree. */
export function differences(actual: EndState, expected: EndState): string[] {
  return (Object.keys(queries) as (keyof EndState)[]).flatMap((part) => [
    ...without(expected[part], actual[part]).map((row) => `${part} lacks ${row}`),
    ...without(actual[part], expected[part]).map((row) => `${part} has too much: ${row}`),
  ]);
}

/** Difference of multisets. */
function without(rows: readonly string[], taken: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const row of taken) counts.set(row, (counts.get(row) ?? 0) + 1);
  return rows.filter((row) => {
    const left = counts.get(row) ?? 0;
    counts.set(row, left - 1);
    return left <= 0;
  });
}

/** Process id of the installation's PostgreSQL. */
export function postgresPid(dataDirectory: string): number {
  return Number(readFileSync(join(dataDirectory, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

/** Ends a PostgreSQL that an installation left behind; does nothing when it stopped as it should. */
export function endPostgres(dataDirectory: string): void {
  try {
    process.kill(postgresPid(dataDirectory), 'SIGINT');
  } catch {
    // No process, or no file that names one: it is gone.
  }
}
