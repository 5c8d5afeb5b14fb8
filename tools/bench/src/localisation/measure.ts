import type { Usage } from '../installation-under-test.js';
import { percentile, rounded } from '../statistics.js';

export interface Measured {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMs: { readonly app: number; readonly database: number };
}

/** Sends requests, so many at a time, and divides the CPU that was used meanwhile among them. */
export async function measure(
  requests: readonly (() => Promise<void>)[],
  concurrency: number,
  usage: () => Usage,
): Promise<Measured> {
  const latencies: number[] = [];
  let next = 0;
  const before = usage();
  const startedAt = performance.now();
  const lane = async (): Promise<void> => {
    for (let send = requests[next++]; send !== undefined; send = requests[next++]) {
      const sentAt = performance.now();
      await send();
      latencies.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  const elapsedSeconds = (performance.now() - startedAt) / 1000;
  const after = usage();
  return {
    requests: requests.length,
    perSecond: rounded(requests.length / elapsedSeconds, 0),
    p50Ms: rounded(percentile(latencies, 0.5)),
    p99Ms: rounded(percentile(latencies, 0.99)),
    cpuMs: {
      app: rounded((after.appMs - before.appMs) / requests.length, 3),
      database: rounded((after.databaseMs - before.databaseMs) / requests.length, 3),
    },
  };
}
