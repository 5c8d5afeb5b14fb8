import { Worker } from 'node:worker_threads';

export interface LoadOrder {
  readonly template: string;
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** Control ids count from here, so that no message of an earlier run comes again. */
  readonly firstSerial: number;
}

export interface LoadReport {
  readonly messages: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU time of the generator's own thread: what it takes from the machine that is measured. */
  readonly generatorCpuMs: number;
}

/** Sends on a thread of its own, so that nothing else of the benchmark delays it. @throws when an answer is not AA */
export function runLoad(order: LoadOrder): Promise<LoadReport> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./mllp-load-worker.js', import.meta.url), { workerData: order });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
