import { Worker } from 'node:worker_threads';
import { decodeElement, evaluate, type GroupElement, type GroupScalar } from '@samenhang/oprf';
import type { MultiplyJob, MultiplyResult } from './multiply.worker.js';

const ELEMENT_BYTES = 32;
/** Some ten milliseconds of work: others get their turn in between. */
const SLICE = 64;

interface Waiting {
  readonly thread: Worker;
  readonly resolve: (elements: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/** Multiplies long lists of elements in threads of their own, so that serving requests and evaluating use all cores. */
export class MultiplicationThreads {
  readonly #threads = new Set<Worker>();
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;

  /** @param count of threads, started when first needed; with 0 the caller's own thread does the work */
  constructor(private readonly count: number) {}

  async multiply(key: GroupScalar, elements: readonly GroupElement[]): Promise<readonly GroupElement[]> {
    // A single point is done sooner than it is handed over.
    if (this.count === 0 || elements.length <= 4) return elements.map((element) => evaluate(key, element));
    const slices: Promise<readonly GroupElement[]>[] = [];
    for (let start = 0; start < elements.length; start += SLICE)
      slices.push(this.#multiplySlice(key, elements.slice(start, start + SLICE)));
    return (await Promise.all(slices)).flat();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#threads].map((thread) => thread.terminate()));
  }

  async #multiplySlice(
    key: GroupScalar,
    elements: readonly GroupElement[],
  ): Promise<readonly GroupElement[]> {
    const packed = Uint8Array.from(Buffer.concat(elements));
    const products = await this.#ask(key, packed);
    return elements.map((_element, index) => elementAt(products, index));
  }

  #ask(key: GroupScalar, elements: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    const thread = this.#leastBusy();
    const id = this.#next++;
    const job: MultiplyJob = { id, key: Uint8Array.from(key), elements };
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { thread, resolve, reject });
      thread.postMessage(job, [job.key.buffer as ArrayBuffer, elements.buffer]);
    });
  }

  #leastBusy(): Worker {
    if (this.#threads.size < this.count) return this.#start();
    const load = new Map([...this.#threads].map((thread) => [thread, 0]));
    for (const { thread } of this.#waiting.values()) load.set(thread, (load.get(thread) ?? 0) + 1);
    const [least] = [...load].sort(([, one], [, other]) => one - other);
    return least?.[0] ?? this.#start();
  }

  #start(): Worker {
    // From source the file is TypeScript, which Node reads as it is.
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const thread = new Worker(new URL(`./multiply.worker.${extension}`, import.meta.url));
    thread.unref();
    thread.on('message', (result: MultiplyResult) => this.#settle(result));
    thread.on('error', (error) => this.#lose(thread, error));
    thread.on('exit', () => this.#lose(thread, new Error('A thread for evaluations has ended')));
    this.#threads.add(thread);
    return thread;
  }

  #settle(result: MultiplyResult): void {
    const waiting = this.#waiting.get(result.id);
    this.#waiting.delete(result.id);
    if ('elements' in result) waiting?.resolve(result.elements);
    else waiting?.reject(new Error(`Elements could not be multiplied: ${result.fault}`));
  }

  /** Its work fails, and the next job starts another thread. */
  #lose(thread: Worker, error: unknown): void {
    this.#threads.delete(thread);
    for (const [id, waiting] of this.#waiting) {
      if (waiting.thread !== thread) continue;
      this.#waiting.delete(id);
      waiting.reject(error instanceof Error ? error : new Error('A thread for evaluations has failed'));
    }
  }
}

/** A product of a valid element and a non-zero scalar is one as well: decoding it again would cost a tenth of the work. */
function elementAt(products: Uint8Array, index: number): GroupElement {
  const element = products.subarray(index * ELEMENT_BYTES, (index + 1) * ELEMENT_BYTES);
  return (element.length === ELEMENT_BYTES ? element : decodeElement(element)) as GroupElement;
}
