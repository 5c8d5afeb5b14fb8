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
  messages: `SELECT concat_ws(' ', tenant, source, encode(content_sha256, 'hex')) AS row FROM ingest.message`,
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

/** Process id of the installation's PostgreSQL. */
export function postgresPid(dataDirectory: string): number {
  return Number(readFileSync(join(dataDirectory, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
}
