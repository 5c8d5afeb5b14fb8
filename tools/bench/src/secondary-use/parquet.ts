import { compileView, planView } from '@samenhang/sql-on-fhir';
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { BenchmarkResult } from '../benchmarks.js';
import { rounded } from '../statistics.js';
import { generatedResource } from './generated-resources.js';
import { views } from './views.js';

const ROWS = 100_000;

/** Rows of a view as a Parquet file, as an output is written. */
export function measureParquet(seconds: number): BenchmarkResult {
  const plan = planView(views['observation-flat']);
  const run = compileView(plan);
  const rows: (readonly unknown[])[] = [];
  for (let place = 0; place < ROWS; place++)
    run(JSON.parse(generatedResource('Observation', place)), (row) => rows.push(row));
  const columns = plan.columns.map(({ name }, place) => ({
    name,
    data: rows.map((row) => (row[place] === null ? null : String(row[place]))),
    type: 'STRING' as const,
    nullable: true,
  }));
  const cpu = process.cpuUsage();
  const started = performance.now();
  let files = 0;
  let bytes = 0;
  do {
    bytes = parquetWriteBuffer({ columnData: columns }).byteLength;
    files += 1;
  } while (performance.now() - started < seconds * 1000);
  const { user, system } = process.cpuUsage(cpu);
  const written = files * rows.length;
  return {
    name: 'parquet',
    rows: rows.length,
    megabytes: rounded(bytes / 1e6, 2),
    perSecond: Math.round((written * 1000) / (performance.now() - started)),
    perCpuSecond: Math.round((written * 1e6) / (user + system)),
    cpuMs: { app: rounded((user + system) / 1000 / written, 5) },
  };
}
