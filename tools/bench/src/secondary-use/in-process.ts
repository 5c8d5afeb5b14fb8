import { compileView, planView } from '@samenhang/sql-on-fhir';
import type { BenchmarkResult } from '../benchmarks.js';
import { rounded } from '../statistics.js';
import { generatedResource } from './generated-resources.js';
import { views, type ViewName } from './views.js';

/** Different resources a run goes round over: enough that none stays in the processor's cache. */
const DIFFERENT = 20_000;

/** The engine for streams: resources that are parsed already, and from their text. */
export function measureInProcess(name: ViewName, seconds: number): BenchmarkResult {
  const view = views[name];
  const run = compileView(planView(view));
  const texts = Array.from({ length: DIFFERENT }, (_, index) => generatedResource(view.resource, index));
  const parsed = texts.map((text) => JSON.parse(text) as unknown);
  let rows = 0;
  const count = () => {
    rows++;
  };
  const turn = (index: number) => {
    run(parsed[index % DIFFERENT], count);
  };
  const fromText = (index: number) => {
    run(JSON.parse(texts[index % DIFFERENT] ?? ''), count);
  };
  repeat(turn, 1);
  const before = rows;
  const plain = repeat(turn, seconds);
  const rowsOfPlain = rows - before;
  const parsing = repeat(fromText, seconds);
  return {
    name: 'view-in-process',
    view: name,
    perSecond: Math.round(plain.done / plain.wallSeconds),
    perCpuSecond: Math.round(plain.done / plain.cpuSeconds),
    rowsPerSecond: Math.round(rowsOfPlain / plain.wallSeconds),
    perCpuSecondFromText: Math.round(parsing.done / parsing.cpuSeconds),
    cpuMs: { app: rounded((plain.cpuSeconds * 1000) / plain.done, 5) },
  };
}

function repeat(work: (index: number) => void, seconds: number) {
  const cpu = process.cpuUsage();
  const started = performance.now();
  const end = started + seconds * 1000;
  let done = 0;
  while (performance.now() < end) for (let turn = 0; turn < 1_000; turn++) work(done++);
  const { user, system } = process.cpuUsage(cpu);
  return { done, wallSeconds: (performance.now() - started) / 1000, cpuSeconds: (user + system) / 1e6 };
}
