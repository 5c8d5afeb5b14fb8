import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileView, planView } from '@samenhang/sql-on-fhir';
import type { BenchmarkResult } from '../benchmarks.js';
import { rounded } from '../statistics.js';
import { generatedResource } from './generated-resources.js';
import { views, type ViewName } from './views.js';

/** What the JavaScript reference implementation of SQL on FHIR exports (its `src/index.js`). */
export interface ReferenceEngine {
  evaluate(view: object, resources: readonly unknown[]): readonly Readonly<Record<string, unknown>>[];
}

/** It checks the view once a call: over so many resources that is nothing. */
const AT_ONCE = 500;

/** @param folder of the reference implementation, installed: `sof-js` of the specification's repository */
export async function loadReference(folder: string): Promise<ReferenceEngine> {
  const file = join(resolve(folder), 'src', 'index.js');
  const loaded = (await import(pathToFileURL(file).href)) as Partial<ReferenceEngine>;
  const { evaluate } = loaded;
  if (typeof evaluate !== 'function') throw new TypeError(`No evaluate(view, resources) in ${file}`);
  return { evaluate };
}

/** The same views over the same resources, parsed already, in one thread of this process. */
export function measureReference(
  { evaluate }: ReferenceEngine,
  name: ViewName,
  seconds: number,
): BenchmarkResult {
  const view = views[name];
  const resources = Array.from({ length: AT_ONCE }, (_, index): unknown =>
    JSON.parse(generatedResource(view.resource, index)),
  );
  const rows = evaluate(view, resources);
  const cpu = process.cpuUsage();
  const started = performance.now();
  let done = 0;
  do {
    evaluate(view, resources);
    done += AT_ONCE;
  } while (performance.now() - started < seconds * 1000);
  const wallSeconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return {
    name: 'reference',
    view: name,
    perSecond: Math.round(done / wallSeconds),
    perCpuSecond: Math.round((done * 1e6) / (user + system)),
    sameRows: isSame(rows, ownRows(name, resources)),
    cpuMs: { app: rounded((user + system) / 1000 / done, 5) },
  };
}

function ownRows(name: ViewName, resources: readonly unknown[]): Readonly<Record<string, unknown>>[] {
  const plan = planView(views[name]);
  const run = compileView(plan);
  const rows: Readonly<Record<string, unknown>>[] = [];
  for (const resource of resources)
    run(resource, (row) =>
      rows.push(Object.fromEntries(plan.columns.map((column, place) => [column.name, row[place]]))),
    );
  return rows;
}

/** The reference implementation gives the cells of a row in another order. */
function isSame(
  left: readonly Readonly<Record<string, unknown>>[],
  right: readonly Readonly<Record<string, unknown>>[],
): boolean {
  const written = (rows: typeof left) =>
    JSON.stringify(rows.map((row) => Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))));
  return written(left) === written(right);
}
