import type { Surroundings } from '@samenhang/demo';
import { connectBenchmarkSources, mllpSource, pushSource, type BenchmarkSources } from './sources.js';
import { laboratoryMessage, vitalSignsBundle } from './load.js';
import { recordedSince } from './recorded-arrivals.js';
import type { BenchmarkOptions, BenchmarkResult } from '../benchmarks.js';
import { startInstallation, type Engine, type InstallationUnderTest } from '../installation-under-test.js';
import { percentile, rounded } from '../statistics.js';

/** A stream of messages into one source; `send` resolves when the source has its acknowledgement. */
interface Feed {
  readonly name: string;
  readonly resourcesPerMessage: number;
  readonly connections: number;
  readonly sourceId: string;
  send(serial: number, connection: number): Promise<void>;
}

/** From the source's message to a committed, searchable resource: throughput at full load, latency at half of it. */
export async function measurePipeline(options: BenchmarkOptions): Promise<BenchmarkResult[]> {
  const engines: Engine[] = options.engine === 'both' ? ['embedded', 'kafka'] : [options.engine as Engine];
  const results: BenchmarkResult[] = [];
  for (const engine of engines) {
    const installation = await startInstallation(engine, options.portBase);
    try {
      const sources = await connectBenchmarkSources(surroundingsOf(installation), 16);
      for (const feed of feedsOf(sources))
        results.push(await measureFeed(installation, engine, feed, options.seconds));
      sources.close();
    } finally {
      await installation.stop();
    }
  }
  return results;
}

function surroundingsOf(installation: InstallationUnderTest): Surroundings {
  return { ...installation, say: () => {} };
}

function feedsOf(sources: BenchmarkSources): Feed[] {
  return [
    {
      name: 'mllp-to-queryable',
      resourcesPerMessage: 10,
      connections: 16,
      sourceId: mllpSource,
      send: (serial, connection) => sources.sendHl7(connection, laboratoryMessage(serial).text),
    },
    {
      name: 'fhir-to-queryable',
      resourcesPerMessage: 12,
      connections: 8,
      sourceId: pushSource,
      send: (serial) => sources.push(vitalSignsBundle(serial)),
    },
  ];
}

let nextSerial = 0;

async function measureFeed(
  installation: InstallationUnderTest,
  engine: Engine,
  feed: Feed,
  seconds: number,
): Promise<BenchmarkResult> {
  await runAtFullSpeed(installation, feed, 3); // warms compilers and caches
  const full = await runAtFullSpeed(installation, feed, seconds);
  const half = await runAtRate(installation, feed, full.messagesPerSecond / 2, seconds);
  return {
    name: feed.name,
    engine,
    perSecond: rounded(full.resourcesPerSecond, 0),
    messagesPerSecond: rounded(full.messagesPerSecond, 0),
    p50Ms: rounded(percentile(half, 0.5), 1),
    p99Ms: rounded(percentile(half, 0.99), 1),
    cpuMs: full.cpuMs,
    cpuSecondsPer1000: rounded(full.cpuMs.app + full.cpuMs.database, 3),
    peakRssMb: full.peakRssMb,
    peakRssSumMb: full.peakRssSumMb,
    resources: full.resources,
    connections: feed.connections,
    latencyAtMessagesPerSecond: rounded(full.messagesPerSecond / 2, 0),
  };
}

interface FullSpeed {
  readonly resources: number;
  readonly resourcesPerSecond: number;
  readonly messagesPerSecond: number;
  readonly cpuMs: { app: number; database: number };
  /** Resident memory of application and database, shared pages counted once. */
  readonly peakRssMb: number;
  /** The same with shared pages counted in every process that maps them: PostgreSQL's buffers, once a connection. */
  readonly peakRssSumMb: number;
}

async function runAtFullSpeed(
  installation: InstallationUnderTest,
  feed: Feed,
  seconds: number,
): Promise<FullSpeed> {
  const arrivals = await recordedSince(surroundingsOf(installation), installation.postgresUrl, feed.sourceId);
  const memory = watchMemory(installation);
  const before = installation.usage();
  const startedAt = performance.now();
  const until = startedAt + seconds * 1000;
  let messages = 0;
  const connection = async (number: number): Promise<void> => {
    while (performance.now() < until) {
      await feed.send(nextSerial++, number);
      messages += 1;
    }
  };
  await Promise.all(Array.from({ length: feed.connections }, (_unused, number) => connection(number)));
  const resources = messages * feed.resourcesPerMessage;
  await arrivals.untilRecorded(resources);
  const elapsedSeconds = (performance.now() - startedAt) / 1000;
  const after = installation.usage();
  const { rss, pss } = memory.stop();
  await arrivals.close();
  return {
    resources,
    resourcesPerSecond: resources / elapsedSeconds,
    messagesPerSecond: messages / elapsedSeconds,
    cpuMs: {
      app: rounded((after.appMs - before.appMs) / resources, 3),
      database: rounded((after.databaseMs - before.databaseMs) / resources, 3),
    },
    peakRssMb: pss,
    peakRssSumMb: rss,
  };
}

/** Sends at a steady rate whatever the answers take, and gives each message's time from sending to commit in the record. */
async function runAtRate(
  installation: InstallationUnderTest,
  feed: Feed,
  rate: number,
  seconds: number,
): Promise<number[]> {
  const arrivals = await recordedSince(surroundingsOf(installation), installation.postgresUrl, feed.sourceId);
  const sentAt: { serial: number; at: number }[] = [];
  const pending: Promise<void>[] = [];
  const total = Math.floor(rate * seconds);
  const startedAt = Date.now();
  for (let index = 0; index < total; index += 1) {
    const due = startedAt + (index * 1000) / rate;
    const wait = due - Date.now();
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
    const serial = nextSerial++;
    sentAt.push({ serial, at: Date.now() });
    pending.push(feed.send(serial, index % feed.connections));
  }
  await Promise.all(pending);
  await arrivals.untilRecorded(total * feed.resourcesPerMessage);
  const committedAt = await arrivals.commitTimes();
  await arrivals.close();
  return sentAt
    .map(({ serial, at }) => (committedAt.get(serial) ?? Number.NaN) - at)
    .filter((value) => !Number.isNaN(value));
}

function watchMemory(installation: InstallationUnderTest): { stop(): { rss: number; pss: number } } {
  let peak = installation.memoryMb();
  const timer = setInterval(() => {
    const now = installation.memoryMb();
    peak = { rss: Math.max(peak.rss, now.rss), pss: Math.max(peak.pss, now.pss) };
  }, 1000);
  return {
    stop() {
      clearInterval(timer);
      return peak;
    },
  };
}
