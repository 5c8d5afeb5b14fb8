import { parentPort } from 'node:worker_threads';
import sodium from 'libsodium-wrappers-sumo';

/*
 * A thread that multiplies elements by a key. It knows libsodium and nothing of this program, so that it starts the same from
 * source and from a build. The elements were validated by who asks.
 */

export interface MultiplyJob {
  readonly id: number;
  /** A copy of the thread's own: overwritten when the job is done. */
  readonly key: Uint8Array;
  /** Elements of 32 bytes, one after another. */
  readonly elements: Uint8Array;
}

export type MultiplyResult =
  | { readonly id: number; readonly elements: Uint8Array<ArrayBuffer> }
  | { readonly id: number; readonly fault: string };

const ELEMENT_BYTES = 32;

await sodium.ready;
parentPort?.on('message', (job: MultiplyJob) => {
  parentPort?.postMessage(multiplyAll(job));
});

function multiplyAll({ id, key, elements }: MultiplyJob): MultiplyResult {
  try {
    const products = new Uint8Array(elements.length);
    for (let start = 0; start < elements.length; start += ELEMENT_BYTES) {
      const element = elements.subarray(start, start + ELEMENT_BYTES);
      products.set(sodium.crypto_scalarmult_ristretto255(key, element), start);
    }
    return { id, elements: products };
  } catch (error) {
    return { id, fault: error instanceof Error ? error.name : 'Error' };
  } finally {
    key.fill(0);
  }
}
