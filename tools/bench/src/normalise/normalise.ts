import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getUra, type SourceFormat, type SourceId } from '@samenhang/data-model';
import { normaliseMessage, type SourceMessage } from '@samenhang/mapping';
import type { BenchmarkOptions, BenchmarkResult } from '../benchmarks.js';
import { rounded } from '../statistics.js';
import { admissions, laboratoryResults } from './bench-messages.js';
import { PeerConverter, type PeerRun } from './peer.js';

const bundles = join(import.meta.dirname, '../../../../../shared/synthea/bundles');

const source = {
  tenant: getUra('22222222'),
  sourceId: 'bench' as SourceId,
  settings: {
    localIdentifierSystem: 'https://noord.example/patients',
    timeZone: 'Europe/Amsterdam',
    defaultCharset: 'UNICODE UTF-8',
    displayName: 'Hospital Noord',
  },
};

/**
 * Messages to resources in one thread of this process: read, mapped, profiled and written as JSON. The peer does the same
 * messages in the same run. CPU is that of the whole process, with garbage collection and compilation.
 */
export async function measureNormalise(options: BenchmarkOptions): Promise<BenchmarkResult[]> {
  const wants = (name: string): boolean => options.only === undefined || options.only.includes(name);
  const seconds = Math.max(1, options.seconds / 4);
  const hl7: readonly (readonly [string, readonly string[]])[] = [
    ['adt-a01', admissions()],
    ['oru-r01', laboratoryResults()],
  ];
  const results: BenchmarkResult[] = [];
  for (const [name, messages] of hl7)
    if (wants(name)) results.push(toResult(name, runHere(asSource(messages.map(toBytes), 'hl7v2'), seconds)));
  if (wants('synthea') && existsSync(bundles))
    results.push(toResult('synthea', runHere(asSource(syntheaBundles(), 'fhir-r4'), seconds)));
  const measured = hl7.filter(([name]) => wants(`peer-${name}`));
  if (measured.length > 0) results.push(...runPeer(measured, seconds));
  return Promise.resolve(results);
}

function runPeer(
  wanted: readonly (readonly [string, readonly string[]])[],
  seconds: number,
): BenchmarkResult[] {
  const absence = PeerConverter.absence();
  if (absence !== undefined) {
    process.stderr.write(`The peer is left out: ${absence}\n`);
    return [];
  }
  const peer = PeerConverter.fetch();
  try {
    return wanted.map(([name, messages]) => toResult(`peer-${name}`, peer.run(messages, seconds)));
  } finally {
    peer.remove();
  }
}

function runHere(messages: readonly SourceMessage[], seconds: number): PeerRun {
  // Compiled code is what a running service has.
  run(messages, seconds);
  const cpu = process.cpuUsage();
  const before = performance.now();
  const counts = run(messages, seconds);
  const { user, system } = process.cpuUsage(cpu);
  return { ...counts, seconds: (performance.now() - before) / 1000, cpuMs: (user + system) / 1000 };
}

function run(
  messages: readonly SourceMessage[],
  seconds: number,
): { readonly messages: number; readonly resources: number } {
  const end = performance.now() + seconds * 1000;
  let count = 0;
  let resources = 0;
  while (performance.now() < end) {
    const message = messages[count % messages.length];
    if (message === undefined) break;
    const result = normaliseMessage(message);
    if (result.outcome === 'rejected') throw new Error(result.issues[0]?.text ?? 'A message was rejected');
    resources += result.changes.length;
    if (JSON.stringify(result.changes).length === 0) throw new Error('Nothing was written');
    count += 1;
  }
  return { messages: count, resources };
}

function toResult(name: string, { messages, resources, seconds, cpuMs }: PeerRun): BenchmarkResult {
  return {
    name,
    perSecond: rounded(messages / seconds, 1),
    resourcesPerSecond: rounded(resources / seconds, 1),
    perCpuSecond: rounded((messages * 1000) / cpuMs, 1),
    resourcesPerCpuSecond: rounded((resources * 1000) / cpuMs, 1),
    resourcesPerMessage: rounded(resources / messages, 1),
    cpuMs: { app: rounded(cpuMs / messages, 4) },
  };
}

function asSource(contents: readonly Buffer[], format: SourceFormat): SourceMessage[] {
  return contents.map((content) => ({ ...source, format, content }));
}

function toBytes(message: string): Buffer {
  return Buffer.from(message, 'utf8');
}

function syntheaBundles(): Buffer[] {
  return readdirSync(bundles)
    .filter((name) => name.endsWith('.json'))
    .map((name) => readFileSync(join(bundles, name)));
}
