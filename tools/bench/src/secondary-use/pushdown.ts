import { compileViewToSql, planView, supportFunctions } from '@samenhang/sql-on-fhir';
import type pg from 'pg';
import type { BenchmarkResult } from '../benchmarks.js';
import { cpuMsOf, processTree } from '../process-usage.js';
import { rounded } from '../statistics.js';
import { generatedResource } from './generated-resources.js';
import { views, type ViewName } from './views.js';

/** Resources are put in by so many a statement. */
const BATCH = 2_000;

/** The record keeps a body as the text it serves: here too, so that what is measured includes reading that text. */
export async function fillStore(client: pg.Client, name: ViewName, resources: number): Promise<void> {
  const { resource: type } = views[name];
  await client.query(supportFunctions);
  await client.query('CREATE TABLE IF NOT EXISTS resource (type text NOT NULL, body text)');
  await client.query('TRUNCATE resource');
  for (let start = 0; start < resources; start += BATCH) {
    const bodies = Array.from({ length: Math.min(BATCH, resources - start) }, (_, index) =>
      generatedResource(type, start + index),
    );
    await client.query(`INSERT INTO resource SELECT $1, unnest($2::text[])`, [type, bodies]);
  }
  await client.query('VACUUM ANALYZE resource');
}

/** The engine for the record store: every row is made, sent to nobody (`COPY … TO` into nothing costs as little). */
export async function measurePushdown(
  client: pg.Client,
  postgresPid: number,
  name: ViewName,
  resources: number,
): Promise<BenchmarkResult> {
  const plan = planView(views[name]);
  const sql = compileViewToSql(plan, {
    // OFFSET keeps the text from being read anew for each column; written as text, it leaves PostgreSQL free to work in parallel.
    from: `(SELECT body::jsonb AS resource FROM resource WHERE type = '${plan.resourceType}' OFFSET '0') AS source`,
    resource: 'source.resource',
    hasOneType: true,
  });
  const whole = plan.columns.map(({ name: column }) => `count("${column}")`).join(', ');
  const counted = `SELECT count(*)::int AS rows, ${whole} FROM (${sql}) AS result`;
  await client.query(counted);
  const cpu = cpuMsOf(processTree(postgresPid));
  const started = performance.now();
  const { rows } = await client.query<{ rows: number }>(counted);
  const seconds = (performance.now() - started) / 1000;
  const cpuMs = cpuMsOf(processTree(postgresPid)) - cpu;
  return {
    name: 'view-pushdown',
    view: name,
    resources,
    rows: rows[0]?.rows ?? 0,
    perSecond: Math.round(resources / seconds),
    cpuMs: { app: 0, database: rounded(cpuMs / resources, 5) },
  };
}
