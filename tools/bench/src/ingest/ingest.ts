import type { BenchmarkOptions, BenchmarkResult } from '../benchmarks.js';
import { rounded } from '../statistics.js';
import { startIngest, type IngestUnderTest } from './ingest-under-test.js';
import { templates, type TemplateName } from './message-template.js';
import { runLoad } from './mllp-load.js';
import { measureParsers, measureParseScaling } from './parsers.js';

const connectionCounts = [1, 16, 256];
const WARM_UP_SECONDS = 3;

/** From a message on the wire to its acknowledgement, and what reading it costs. */
export async function measureIngest(options: BenchmarkOptions): Promise<BenchmarkResult[]> {
  const results = [...(await measureParsers()), ...measureParseScaling()];
  const ingest = await startIngest(options.portBase);
  try {
    for (const name of Object.keys(templates) as TemplateName[])
      for (const connections of connectionCounts)
        results.push(await measureFeed(ingest, name, connections, options.seconds));
  } finally {
    await ingest.stop();
  }
  return results;
}

let nextSerial = 1;

async function measureFeed(
  ingest: IngestUnderTest,
  name: TemplateName,
  connections: number,
  seconds: number,
): Promise<BenchmarkResult> {
  const run = async (duration: number) => {
    const order = {
      template: name,
      port: ingest.mllpPort,
      connections,
      seconds: duration,
      firstSerial: nextSerial,
    };
    const report = await runLoad(order);
    nextSerial += report.messages + connections;
    return report;
  };
  await run(WARM_UP_SECONDS);
  const stored = await ingest.stored();
  const before = ingest.usage();
  const report = await run(seconds);
  const after = ingest.usage();
  const now = await ingest.stored();
  // Acknowledged means committed, with the event that sends it on: counted in the database, not believed.
  if (now.messages - stored.messages !== report.messages || now.events - stored.events !== report.messages)
    throw new Error(`${name}: ${String(report.messages)} messages were acknowledged, not all are stored`);
  return {
    name,
    connections,
    perSecond: rounded(report.messages / report.seconds, 0),
    p50Ms: report.p50Ms,
    p99Ms: report.p99Ms,
    cpuMs: {
      app: rounded((after.appMs - before.appMs) / report.messages, 3),
      database: rounded((after.databaseMs - before.databaseMs) / report.messages, 3),
    },
    generatorCpuMs: rounded(report.generatorCpuMs / report.messages, 3),
    messages: report.messages,
    bytes: templates[name].bytes,
    memoryMb: ingest.memoryMb().pss,
  };
}
