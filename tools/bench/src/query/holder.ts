import type { BenchmarkOptions, BenchmarkResult } from '../benchmarks.js';
import type { Usage } from '../installation-under-test.js';
import { measure } from '../localisation/measure.js';
import { HapiServer } from './hapi-server.js';
import { HolderClient } from './holder-client.js';
import { startHolder } from './holder-under-test.js';
import { works, type FhirCaller, type Work } from './holder-works.js';
import { personAt } from './persons.js';
import { seedRecord, type SeededRecord } from './seed-record.js';

const DEFAULT_RESOURCES = 50_000;
/** For each work, so that what runs often is compiled. */
const WARM_UP_REQUESTS = 400;

/** One of the servers that are asked the same, and what its processes used. */
interface Asked extends SeededRecord {
  /** Put before the name of each result. */
  readonly prefix: string;
  readonly caller: FhirCaller;
  readonly usage: () => Usage;
}

/** Reads and searches at one data holder over HTTP: token, policy, consent and audit are in every figure. */
export async function measureHolder(options: BenchmarkOptions): Promise<BenchmarkResult[]> {
  const holder = await startHolder(options.portBase, options.dataDir);
  try {
    const caller = await HolderClient.create(holder);
    const results: BenchmarkResult[] = [];
    for (const [index, size] of (options.resources ?? [DEFAULT_RESOURCES]).entries()) {
      const seeded = await seedRecord(holder, size);
      const own: Asked = { prefix: '', caller, usage: () => holder.usage(), ...seeded };
      const peer = index === 0 ? await fillPeer(options, seeded) : [];
      results.push(...(await measureWorks(options, [own, ...peer])));
    }
    return results;
  } finally {
    await holder.stop();
  }
}

/** At the first size the peer holds the same. */
async function fillPeer(
  { againstHapi, hapiPid, hapiPostgresPid }: BenchmarkOptions,
  { copies }: SeededRecord,
): Promise<Asked[]> {
  if (againstHapi === undefined) return [];
  const hapi = new HapiServer(againstHapi, hapiPid, hapiPostgresPid);
  const resources = await hapi.fill(copies);
  return [{ prefix: 'hapi-', caller: hapi, usage: () => hapi.usage(), resources, copies }];
}

/** Each work at all servers before the next: what else the machine does meanwhile falls to both. */
async function measureWorks(
  { seconds, only }: BenchmarkOptions,
  servers: readonly Asked[],
): Promise<BenchmarkResult[]> {
  const results: BenchmarkResult[] = [];
  for (const work of works.filter(({ name }) => only === undefined || only.includes(name)))
    for (const server of servers) {
      await measure(
        requestsOf(work, server, Math.min(WARM_UP_REQUESTS, work.expectedRate * 6)),
        4,
        server.usage,
      );
      for (const concurrency of [1, 8]) {
        const requests = requestsOf(work, server, Math.ceil((work.expectedRate * seconds) / 2));
        const { perSecond, p50Ms, p99Ms, cpuMs } = await measure(requests, concurrency, server.usage);
        const result = {
          name: `${server.prefix}${work.name}`,
          concurrency,
          resources: server.resources,
          perSecond,
          rps: perSecond,
          p50: p50Ms,
          p99: p99Ms,
          cpuMs,
          cpuMsApp: cpuMs.app,
          cpuMsDb: cpuMs.database,
        };
        // A run at several sizes takes long: what is known already is told, beside the result.
        process.stderr.write(`${JSON.stringify(result)}\n`);
        results.push(result);
      }
    }
  return results;
}

/** Another patient each time; an answer that is not what was asked for ends the benchmark. */
function requestsOf(work: Work, { caller, copies }: Asked, count: number): (() => Promise<void>)[] {
  return Array.from({ length: count }, (_unused, number) => async () => {
    const text = await work.ask(caller, personAt(work.of, copies, number), number);
    if (!work.isAnswer(text)) throw new Error(`The answer to ${work.name} is not what was asked for`);
  });
}
