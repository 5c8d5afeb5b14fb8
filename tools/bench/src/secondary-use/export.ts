import { addPart, makeParts, minimiser, readPage, whoseRow, type PartSource } from '@samenhang/record';
import { getUra } from '@samenhang/data-model';
import type { Bsn } from '@samenhang/patient-identity';
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
const TENANT = getUra('22222222');
const TYPE: DatasetType = 'Observation';
const ID = '00000000-0000-4000-8000-000000000000';

const terms: PermitTerms = {
  permitId: 'bench',
  purpose: 'statistics',
  datasets: datasetTypes.map((type) => ({ type, elements: elementsOf(type) })),
  period: { from: '2000-01-01', until: '2030-01-01' },
  dates: 'month',
  recipient: { organisation: 'oin:00000000000000000000', scope: 'project-bench' },
  secret: Buffer.alloc(32, 1).toString('base64url'),
};

/** One connection for what is read and one for what is kept of it, as an export has. */
export interface ExportConnections {
  readonly reading: pg.Client;
  readonly keeping: pg.Client;
}

/**
 * What a holder makes in bulk, kept file by file, against reading the same table as it lies there: under a permit, and as it is
 * (`plain`: the same work without making anything coarser).
 */
export async function measureExport(
  connections: ExportConnections,
  postgresPid: number,
  resources: number,
): Promise<BenchmarkResult> {
  await fill(connections.reading, resources);
  const costing = (work: () => Promise<Measured>) => withCpu(postgresPid, resources, work);
  const raw = await costing(() => readRaw(connections.reading));
  const plain = await costing(() =>
    exported(connections, {
      ...permittedSource(connections),
      minimise: ({ text, from }, _member, pieces) => pieces.push(text.slice(from), '\n'),
    }),
  );
  const permitted = await costing(() => exported(connections, permittedSource(connections)));
  await connections.reading.query('DROP TABLE resource, secondary_export, secondary_export_part');
  return {
    name: 'export',
    resources,
    perSecond: Math.round(permitted.rows / permitted.seconds),
    megabytesPerSecond: rounded(permitted.bytes / permitted.seconds / 1e6, 1),
    storedMegabytesPerSecond: rounded(raw.bytes / permitted.seconds / 1e6, 1),
    plainMegabytesPerSecond: rounded(plain.bytes / plain.seconds / 1e6, 1),
    rawMegabytesPerSecond: rounded(raw.bytes / raw.seconds / 1e6, 1),
    shareOfRaw: rounded(raw.seconds / permitted.seconds, 3),
    plainShareOfRaw: rounded(raw.seconds / plain.seconds, 3),
    cpuMs: permitted.cpuMs,
    plainCpuMs: plain.cpuMs,
    rawCpuMs: raw.cpuMs,
  };
}

/** CPU of this process and of the database, for each resource. */
async function withCpu<Result>(
  postgresPid: number,
  resources: number,
  work: () => Promise<Result>,
): Promise<Result & Pick<BenchmarkResult, 'cpuMs'>> {
  const database = cpuMsOf(processTree(postgresPid));
  const own = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(own);
  const databaseMs = cpuMsOf(processTree(postgresPid)) - database;
  const cpuMs = {
    app: rounded((user + system) / 1000 / resources, 5),
    database: rounded(databaseMs / resources, 5),
  };
  return { ...result, cpuMs };
}

async function fill(client: pg.Client, resources: number): Promise<void> {
  await client.query(`CREATE TABLE resource (tenant text COLLATE "C" NOT NULL, type text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL, patient_key bigint, deleted boolean NOT NULL DEFAULT false, effective_from timestamptz,
    body text, PRIMARY KEY (tenant, type, id))`);
  await client.query(`CREATE TABLE secondary_export (id uuid PRIMARY KEY, place integer, after_id text);
    CREATE TABLE secondary_export_part (export_id uuid, tenant text, part integer, type text, rows integer, body text,
      PRIMARY KEY (export_id, part));
    ALTER TABLE secondary_export_part ALTER COLUMN body SET STORAGE EXTERNAL`);
  for (let start = 0; start < resources; start += BATCH) {
    const places = Array.from({ length: Math.min(BATCH, resources - start) }, (_, index) => start + index);
    await client.query(
      `INSERT INTO resource (tenant, type, id, patient_key, effective_from, body)
       SELECT $1, $2, 'r' || lpad(place::text, 9, '0'), place % ${PERSONS}, '2020-01-01', body
       FROM unnest($3::int[], $4::text[]) AS made(place, body)`,
      [TENANT, TYPE, places, places.map((place) => generatedResource(TYPE, place))],
    );
  }
  await client.query('VACUUM ANALYZE resource');
}

function permittedSource({ reading }: ExportConnections): PartSource {
  const dataset = { type: TYPE, elements: elementsOf(TYPE) };
  const members = Array.from({ length: PERSONS }, (_, place) => ({
    key: place.toString(16).padStart(32, '0'),
    // Nobody is asked about here: a number that is no BSN stands for each.
    bsn: String(place) as Bsn,
    patientKeys: [place],
    shiftDays: 1,
  }));
  const transaction = transactionOf(reading);
  return {
    limit: PART,
    read: (afterId) =>
      readPage(transaction, { tenant: TENANT, terms, wanted: { dataset, where: [] }, afterId, limit: PART }),
    minimise: minimiser(dataset, terms, TENANT),
    memberOf: whoseRow(members),
  };
}

interface Measured {
  readonly rows: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** Each file is committed with how far it goes before the next. */
async function exported({ keeping }: ExportConnections, source: PartSource): Promise<Measured> {
  await keeping.query('TRUNCATE secondary_export, secondary_export_part');
  await keeping.query('INSERT INTO secondary_export VALUES ($1, 0, NULL)', [ID]);
  const total = { rows: 0, bytes: 0 };
  const started = performance.now();
  for await (const part of makeParts(source, null)) {
    await keeping.query('BEGIN');
    await addPart(transactionOf(keeping), { id: ID, tenant: TENANT, place: 0 }, TYPE, part);
    await keeping.query('COMMIT');
    total.rows += part.rows;
    for (const text of part.texts) total.bytes += text.length;
  }
  return { ...total, seconds: (performance.now() - started) / 1000 };
}

async function readRaw(client: pg.Client): Promise<Measured> {
  const total = { rows: 0, bytes: 0 };
  const started = performance.now();
  await client.query('BEGIN');
  await client.query('DECLARE everything NO SCROLL CURSOR FOR SELECT id, body FROM resource');
  for (let more = true; more;) {
    const { rows } = await client.query<{ body: string }>(`FETCH ${PART} FROM everything`);
    total.rows += rows.length;
    for (const { body } of rows) total.bytes += body.length + 1;
    more = rows.length === PART;
  }
  await client.query('COMMIT');
  return { ...total, seconds: (performance.now() - started) / 1000 };
}

function transactionOf(client: pg.Client): Parameters<typeof addPart>[0] {
  return {
    query: async <Row>(sql: string, parameters: unknown[] = []) =>
      (await client.query(sql, parameters)).rows as Row[],
  };
}
