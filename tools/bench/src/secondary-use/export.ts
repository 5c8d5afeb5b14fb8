import { generalisationFunctions, permittedSource, planSettings } from '@samenhang/record';
import { datasetTypes, elementsOf, type DatasetType, type PermitTerms } from '@samenhang/secondary-use';
import type pg from 'pg';
import type { BenchmarkResult } from '../benchmarks.js';
import { cpuMsOf, processTree } from '../process-usage.js';
import { rounded } from '../statistics.js';
import { generatedResource } from './generated-resources.js';

const BATCH = 2_000;
/** As many as a file of an export has. */
const PART = 5_000;
const PERSONS = 50_000;
const TENANT = '22222222';
const TYPE: DatasetType = 'Observation';

const terms: PermitTerms = {
  permitId: 'bench',
  purpose: 'statistics',
  datasets: datasetTypes.map((type) => ({ type, elements: elementsOf(type) })),
  period: { from: '2000-01-01', until: '2030-01-01' },
  dates: 'month',
  recipient: { organisation: 'oin:00000000000000000000', scope: 'project-bench' },
  secret: Buffer.alloc(32, 1).toString('base64url'),
};

/** What a holder gives in bulk under a permit, a file at a time, against reading the same table as it lies there. */
export async function measureExport(
  client: pg.Client,
  postgresPid: number,
  resources: number,
): Promise<BenchmarkResult> {
  await fill(client, resources);
  const raw = await drain(client, `SELECT id AS stored_id, body AS resource FROM record_resource`, []);
  for (const [name, value] of Object.entries(planSettings)) await client.query(`SET ${name} = ${value}`);
  const before = cpuMsOf(processTree(postgresPid));
  const permitted = await drain(client, permittedPages(), personValues());
  const cpuMs = cpuMsOf(processTree(postgresPid)) - before;
  for (const name of Object.keys(planSettings)) await client.query(`RESET ${name}`);
  await client.query('DROP TABLE record_resource CASCADE');
  return {
    name: 'export',
    resources,
    perSecond: Math.round(permitted.rows / permitted.seconds),
    megabytesPerSecond: rounded(permitted.bytesRead / permitted.seconds / 1e6, 1),
    storedMegabytesPerSecond: rounded(raw.bytesRead / permitted.seconds / 1e6, 1),
    rawMegabytesPerSecond: rounded(raw.bytesRead / raw.seconds / 1e6, 1),
    shareOfRaw: rounded(raw.seconds / permitted.seconds, 3),
    cpuMs: { app: 0, database: rounded(cpuMs / resources, 5) },
  };
}

async function fill(client: pg.Client, resources: number): Promise<void> {
  await client.query(generalisationFunctions);
  await client.query(`CREATE TABLE record_resource (tenant text COLLATE "C" NOT NULL, type text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL, patient_key bigint, deleted boolean NOT NULL DEFAULT false, effective_from timestamptz,
    body text, PRIMARY KEY (tenant, type, id))`);
  for (let start = 0; start < resources; start += BATCH) {
    const places = Array.from({ length: Math.min(BATCH, resources - start) }, (_, index) => start + index);
    await client.query(
      `INSERT INTO record_resource (tenant, type, id, patient_key, effective_from, body)
       SELECT $1, $2, 'r' || lpad(place::text, 9, '0'), place % ${PERSONS}, '2020-01-01', body
       FROM unnest($3::int[], $4::text[]) AS made(place, body)`,
      [TENANT, TYPE, places, places.map((place) => generatedResource(TYPE, place))],
    );
  }
  await client.query('CREATE VIEW resource AS SELECT * FROM record_resource');
  await client.query('VACUUM ANALYZE record_resource');
}

function permittedPages(): string {
  const dataset = { type: TYPE, elements: elementsOf(TYPE) };
  const source = permittedSource(dataset, terms, 'permitted', { after: '$5', upTo: '$6' });
  return `SELECT permitted.stored_id, permitted.resource::text AS resource FROM ${source} ORDER BY permitted.stored_id`;
}

function personValues(): unknown[] {
  const keys = Array.from({ length: PERSONS }, (_, place) => place);
  return [TENANT, keys, keys.map((place) => place.toString(16).padStart(32, '0')), keys.map(() => 1)];
}

interface Drained {
  readonly rows: number;
  readonly bytesRead: number;
  readonly seconds: number;
}

/** Part by part between ids where the statement takes two, else through a cursor. */
async function drain(client: pg.Client, sql: string, values: readonly unknown[]): Promise<Drained> {
  const started = performance.now();
  const total = { rows: 0, bytesRead: 0 };
  const take = (rows: readonly { resource: string }[]): void => {
    total.rows += rows.length;
    for (const { resource } of rows) total.bytesRead += resource.length + 1;
  };
  if (values.length > 0) {
    for (let after = ''; ;) {
      const ids = await client.query<{ id: string }>(
        'SELECT r.id FROM resource r WHERE r.tenant = $1 AND r.type = $2 AND NOT r.deleted AND r.id > $3 ORDER BY r.id LIMIT $4',
        [TENANT, TYPE, after, PART],
      );
      const last = ids.rows.at(-1)?.id;
      if (last !== undefined)
        take((await client.query<{ resource: string }>(sql, [...values, after, last])).rows);
      if (last === undefined || ids.rows.length < PART) break;
      after = last;
    }
  } else {
    await client.query('BEGIN');
    await client.query(`DECLARE everything NO SCROLL CURSOR FOR ${sql}`);
    for (let more = true; more;) {
      const { rows } = await client.query<{ resource: string }>(`FETCH ${PART} FROM everything`);
      take(rows);
      more = rows.length === PART;
    }
    await client.query('COMMIT');
  }
  return { ...total, seconds: (performance.now() - started) / 1000 };
}
